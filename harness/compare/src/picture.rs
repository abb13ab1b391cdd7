//! A decoded picture, and how it is got from the bytes of a PNG.

use std::{
    io::{Cursor, ErrorKind},
    sync::Arc,
};

use harness_model::{MAX_PIXELS, Size};
use png::{ColorType, Decoder, DecodingError, Transformations};

use crate::{CompareError, Side, grid::Grid};

/// A decoded picture: 8-bit RGBA, one number a pixel, red in its lowest byte. Clones share their pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    pixels: Arc<Vec<u32>>,
}

impl Picture {
    /// A picture of these RGBA bytes, row by row; `None` when their number does not fit the size.
    #[must_use]
    pub fn from_rgba(size: Size, rgba: &[u8]) -> Option<Self> {
        let (pixels, rest) = rgba.as_chunks::<4>();
        let fits = rest.is_empty() && pixels.len() as u64 == size.pixels() && size.pixels() <= MAX_PIXELS;
        fits.then(|| Self::from_pixels(size, pixels.iter().map(|&p| u32::from_le_bytes(p)).collect()))
    }

    /// Decodes a PNG of any colour type and depth.
    ///
    /// # Errors
    /// When the bytes are no whole and sound PNG of at most [`MAX_PIXELS`], or an animated one; the error names `side`.
    pub fn decode(side: Side, bytes: &[u8]) -> Result<Self, CompareError> {
        let fail = |error| decoding_failed(side, bytes.len(), error);
        let mut decoder = Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(Transformations::normalize_to_color8());
        let size = checked_size(side, decoder.read_header_info().map_err(fail)?)?;
        let mut reader = decoder.read_info().map_err(fail)?;
        if let Some(frames) = frames(reader.info()) {
            return Err(CompareError::Animated { side, frames });
        }
        let mut samples = vec![0; reader.output_buffer_size().ok_or(CompareError::TooLarge { side, size })?];
        let color = reader.next_frame(&mut samples).map_err(fail)?.color_type;
        reader.finish().map_err(fail)?;
        Ok(Self::from_pixels(size, expand(color, &samples)))
    }

    pub(crate) fn from_pixels(size: Size, pixels: Vec<u32>) -> Self {
        debug_assert_eq!(pixels.len() as u64, size.pixels());
        Self { size, pixels: Arc::new(pixels) }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn grid(&self) -> Grid<'_> {
        let width = self.size.width as usize;
        Grid { pixels: &self.pixels, top: 0, pitch: width, width, height: self.size.height as usize }
    }
}

/// The size that a PNG's header tells; nothing behind the header is looked at.
pub(crate) fn size_of(side: Side, bytes: &[u8]) -> Result<Size, CompareError> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    let info = decoder.read_header_info().map_err(|error| decoding_failed(side, bytes.len(), error))?;
    checked_size(side, info)
}

fn checked_size(side: Side, info: &png::Info<'_>) -> Result<Size, CompareError> {
    let size = Size { width: info.width, height: info.height };
    if size.pixels() > MAX_PIXELS {
        return Err(CompareError::TooLarge { side, size });
    }
    Ok(size)
}

/// How many pictures an animated PNG shows one after the other.
fn frames(info: &png::Info<'_>) -> Option<u32> {
    info.animation_control().map(|animation| animation.num_frames).filter(|&frames| frames > 1)
}

fn decoding_failed(side: Side, len: usize, error: DecodingError) -> CompareError {
    match error {
        DecodingError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => CompareError::Truncated { side, len },
        source => CompareError::Corrupt { side, source },
    }
}

/// 8-bit samples of any colour type as RGBA pixels.
fn expand(color: ColorType, samples: &[u8]) -> Vec<u32> {
    let opaque = |r, g, b| u32::from_le_bytes([r, g, b, 255]);
    match color {
        ColorType::Rgba => samples.as_chunks().0.iter().map(|&p| u32::from_le_bytes(p)).collect(),
        ColorType::Rgb => samples.as_chunks().0.iter().map(|&[r, g, b]| opaque(r, g, b)).collect(),
        ColorType::Grayscale => samples.iter().map(|&v| opaque(v, v, v)).collect(),
        ColorType::GrayscaleAlpha => {
            samples.as_chunks().0.iter().map(|&[v, a]| u32::from_le_bytes([v, v, v, a])).collect()
        }
        ColorType::Indexed => unreachable!("the decoder was told to expand palettes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 3, height: 2 };

    fn encode(color: ColorType, depth: png::BitDepth, data: &[u8], palette: Option<(&[u8], &[u8])>) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, SIZE.width, SIZE.height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if let Some((colours, alphas)) = palette {
            encoder.set_palette(colours);
            encoder.set_trns(alphas);
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(data).unwrap();
        writer.finish().unwrap();
        file
    }

    fn decoded(file: &[u8]) -> Vec<[u8; 4]> {
        Picture::decode(Side::Actual, file).unwrap().pixels.iter().map(|p| p.to_le_bytes()).collect()
    }

    #[test]
    fn every_colour_type_becomes_rgba() {
        use png::BitDepth::{Eight, One, Sixteen};
        let ramp: Vec<u8> = (0..24).map(|i| i * 10).collect();
        let grey = decoded(&encode(ColorType::Grayscale, Eight, &ramp[..6], None));
        assert_eq!(grey[2], [20, 20, 20, 255]);
        let grey_alpha = decoded(&encode(ColorType::GrayscaleAlpha, Eight, &ramp[..12], None));
        assert_eq!(grey_alpha[1], [20, 20, 20, 30]);
        let rgb = decoded(&encode(ColorType::Rgb, Eight, &ramp[..18], None));
        assert_eq!(rgb[1], [30, 40, 50, 255]);
        let rgba = decoded(&encode(ColorType::Rgba, Eight, &ramp, None));
        assert_eq!(rgba[1], [40, 50, 60, 70]);
        let deep = decoded(&encode(ColorType::Grayscale, Sixteen, &ramp[..12], None));
        assert_eq!(deep[1], [20, 20, 20, 255]);
        let palette: (&[u8], &[u8]) = (&[1, 2, 3, 250, 251, 252], &[255, 128]);
        let indexed = decoded(&encode(ColorType::Indexed, One, &[0b0100_0000, 0b1110_0000], Some(palette)));
        assert_eq!(indexed[..3], [[1, 2, 3, 255], [250, 251, 252, 128], [1, 2, 3, 255]]);
        assert_eq!(indexed[5], [250, 251, 252, 128]);
    }

    #[test]
    fn a_cut_off_file_is_named_at_every_length() {
        let file = encode(ColorType::Rgb, png::BitDepth::Eight, &[7; 18], None);
        for len in 0..file.len() {
            match Picture::decode(Side::Expected, &file[..len]) {
                Err(CompareError::Truncated { side: Side::Expected, len: told }) => assert_eq!(told, len),
                other => panic!("{len} of {} bytes gave {other:?}", file.len()),
            }
        }
        assert!(Picture::decode(Side::Expected, &file).is_ok());
    }

    #[test]
    fn a_damaged_file_names_its_side() {
        let mut file = encode(ColorType::Rgb, png::BitDepth::Eight, &[7; 18], None);
        let middle = file.len() - 20;
        file[middle] ^= 0xff;
        for (bytes, side) in [(&file[..], Side::Actual), (b"no picture at all", Side::Expected)] {
            let error = Picture::decode(side, bytes).unwrap_err();
            assert!(error.to_string().starts_with(&format!("the {side} picture is no sound PNG")), "{error}");
        }
    }

    #[test]
    fn a_header_that_asks_for_too_much_is_refused() {
        let mut file = encode(ColorType::Rgb, png::BitDepth::Eight, &[7; 18], None);
        file[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let crc = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&crc.to_be_bytes());
        for error in [Picture::decode(Side::Actual, &file).unwrap_err(), size_of(Side::Actual, &file).unwrap_err()] {
            assert!(error.to_string().starts_with("the actual picture is 65536×65536;"), "{error}");
        }
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
        })
    }

    #[test]
    fn raw_bytes_must_fit_their_size() {
        assert!(Picture::from_rgba(SIZE, &[0; 24]).is_some());
        assert!(Picture::from_rgba(SIZE, &[0; 23]).is_none());
        assert!(Picture::from_rgba(SIZE, &[0; 28]).is_none());
    }
}
