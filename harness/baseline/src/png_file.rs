//! The form of a baseline's file: how a whole one is told from a damaged one, and how a picture is packed.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DeflateCompression, Encoder, Filter, Transformations};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Length, name and check sum of a part.
const FRAME: usize = 12;

/// Says what keeps these bytes from being a whole and sound PNG, without unpacking the picture: every part is there,
/// from the header to the end, and each check sum holds.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or("it does not begin like a PNG")?;
    let (mut first, mut has_pixels) = (true, false);
    loop {
        let (name, after) = take_part(rest)?;
        if first && name != b"IHDR" {
            return Err("it has no header".to_owned());
        }
        first = false;
        has_pixels |= name == b"IDAT";
        if name == b"IEND" {
            return match (has_pixels, after.len()) {
                (false, _) => Err("it holds no pixels".to_owned()),
                (true, 0) => Ok(()),
                (true, more) => Err(format!("{more} bytes follow its end")),
            };
        }
        rest = after;
    }
}

/// The name of the first part, and what follows the part.
fn take_part(bytes: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let cut_off = || "it is cut off".to_owned();
    let (length, _) = bytes.split_first_chunk::<4>().ok_or_else(cut_off)?;
    let length = u32::from_be_bytes(*length) as usize;
    if bytes.len() < FRAME || bytes.len() - FRAME < length {
        return Err(cut_off());
    }
    let (part, rest) = bytes.split_at(FRAME + length);
    let (checked, sum) = part[4..].split_at(4 + length);
    let name = &checked[..4];
    if crc32fast::hash(checked).to_be_bytes() != sum {
        return Err(format!("the check sum of its part {} does not hold", name.escape_ascii()));
    }
    Ok((name, rest))
}

/// Packs a picture for keeping: small, and quick to unpack.
///
/// Opacity goes where nothing is see-through. Every row is filtered against its own left neighbours: on pages that packs
/// tighter than choosing a filter for each row, and no row needs the one above it when it is read.
pub(crate) fn repack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let said = |error: png::DecodingError| error.to_string();
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(said)?;
    let mut samples = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let info = reader.next_frame(&mut samples).map_err(said)?;
    reader.finish().map_err(said)?;
    let (mut color, mut samples) = (info.color_type, samples);
    if color == ColorType::Rgba && samples.as_chunks().0.iter().all(|&[_, _, _, alpha]| alpha == 255) {
        color = ColorType::Rgb;
        samples = samples.as_chunks().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    }
    pack(info.width, info.height, color, &samples).map_err(|error| error.to_string())
}

fn pack(width: u32, height: u32, color: ColorType, samples: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_filter(Filter::Sub);
    encoder.set_deflate_compression(DeflateCompression::Level(6));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(samples)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(file: &[u8]) -> (ColorType, Vec<u8>) {
        let mut reader = Decoder::new(Cursor::new(file)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        (reader.next_frame(&mut samples).unwrap().color_type, samples)
    }

    #[test]
    fn a_whole_file_is_told_from_every_part_of_it() {
        let file = pack(5, 4, ColorType::Rgb, &[9; 60]).unwrap();
        assert_eq!(check(&file), Ok(()));
        for len in 0..file.len() {
            assert!(check(&file[..len]).is_err(), "{len} of {} bytes", file.len());
        }
        for place in 0..file.len() {
            let mut damaged = file.clone();
            damaged[place] ^= 0x10;
            assert!(check(&damaged).is_err(), "byte {place}");
        }
    }

    #[test]
    fn the_problem_is_named() {
        let file = pack(5, 4, ColorType::Rgb, &[9; 60]).unwrap();
        let mut damaged = file.clone();
        damaged[45] ^= 1;
        let longer = [&file[..], b"..."].concat();
        let end = &file[file.len() - FRAME..];
        let cases: [(&[u8], &str); 6] = [
            (b"version https://git-lfs.github.com/spec/v1", "it does not begin like a PNG"),
            (&file[..40], "it is cut off"),
            (&damaged, "the check sum of its part IDAT does not hold"),
            (&longer, "3 bytes follow its end"),
            (&[SIGNATURE, end].concat(), "it has no header"),
            (&[&file[..33], end].concat(), "it holds no pixels"),
        ];
        for (bytes, problem) in cases {
            assert_eq!(check(bytes), Err(problem.to_owned()));
        }
    }

    #[test]
    fn opacity_goes_only_where_nothing_is_seen_through() {
        let rgba: Vec<u8> = (0..20u8).flat_map(|i| [i, 2 * i, 3 * i, 255]).collect();
        let rgb: Vec<u8> = (0..20u8).flat_map(|i| [i, 2 * i, 3 * i]).collect();
        let opaque = repack(&pack(5, 4, ColorType::Rgba, &rgba).unwrap()).unwrap();
        assert_eq!(decoded(&opaque), (ColorType::Rgb, rgb));
        let mut clear = rgba.clone();
        clear[79] = 254;
        let kept = repack(&pack(5, 4, ColorType::Rgba, &clear).unwrap()).unwrap();
        assert_eq!(decoded(&kept), (ColorType::Rgba, clear));
    }

    #[test]
    fn packing_a_packed_picture_changes_no_byte() {
        let samples: Vec<u8> = (0..60u8).collect();
        for color in [ColorType::Rgb, ColorType::Grayscale] {
            let once = repack(&pack(5, 4, color, &samples[..20 * color.samples()]).unwrap()).unwrap();
            assert_eq!(repack(&once).unwrap(), once);
        }
    }
}
