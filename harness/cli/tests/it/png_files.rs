//! PNG files of every kind, put together part by part where no library writes them.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use png::{BitDepth, ColorType, Encoder};

pub(crate) type Rgb = [u8; 3];

/// An ordinary file: 8-bit RGB.
pub(crate) fn rgb(width: u32, height: u32, paint: impl Fn(u32, u32) -> Rgb) -> Vec<u8> {
    let samples: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| paint(x, y)).collect();
    encoded(width, height, ColorType::Rgb, BitDepth::Eight, &samples, |_| {})
}

/// The same picture with 16 bits a sample.
pub(crate) fn sixteen_bit(width: u32, height: u32, paint: impl Fn(u32, u32) -> Rgb) -> Vec<u8> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples: Vec<u8> = pixels.flat_map(|(x, y)| paint(x, y)).flat_map(|sample| [sample, sample]).collect();
    encoded(width, height, ColorType::Rgb, BitDepth::Sixteen, &samples, |_| {})
}

/// A picture of two colours by a palette, one byte a pixel.
pub(crate) fn palette(width: u32, height: u32, colours: [Rgb; 2], second: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples: Vec<u8> = pixels.map(|(x, y)| u8::from(second(x, y))).collect();
    encoded(width, height, ColorType::Indexed, BitDepth::Eight, &samples, |encoder| {
        encoder.set_palette(colours.concat());
    })
}

/// An animation of two frames.
pub(crate) fn animated(width: u32, height: u32, frames: [Rgb; 2]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for colour in frames {
        writer.write_image_data(&colour.repeat((width * height) as usize)).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// An interlaced file (Adam7): the seven passes one after the other.
pub(crate) fn interlaced(width: u32, height: u32, paint: impl Fn(u32, u32) -> Rgb) -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let mut rows = Vec::new();
    for (left, top, right, down) in PASSES {
        for y in (top..height).step_by(down as usize) {
            let columns: Vec<u32> = (left..width).step_by(right as usize).collect();
            if !columns.is_empty() {
                rows.push(0);
                rows.extend(columns.into_iter().flat_map(|x| paint(x, y)));
            }
        }
    }
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&rows).unwrap();
    assembled(width, height, 1, &packer.finish().unwrap())
}

/// A file with this header around these packed rows, whether they fit or not.
pub(crate) fn assembled(width: u32, height: u32, interlace: u8, packed: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, interlace]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", &header[..]), (b"IDAT", packed), (b"IEND", &[])] {
        let named = [&name[..], data].concat();
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        file.extend(&named);
        file.extend(crc32fast::hash(&named).to_be_bytes());
    }
    file
}

fn encoded(
    width: u32,
    height: u32,
    color: ColorType,
    depth: BitDepth,
    samples: &[u8],
    set: impl FnOnce(&mut Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    set(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    file
}
