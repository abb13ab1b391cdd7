//! Whether two encoded pictures show the same.

use std::{fmt, io::Cursor};

use harness_model::{Rect, Size};

/// How two pictures differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// In no pixel.
    None,
    /// In size.
    Size {
        /// Of the first.
        before: Size,
        /// Of the second.
        after: Size,
    },
    /// In some pixels.
    Pixels {
        /// How many.
        count: u64,
        /// The smallest box around all of them.
        place: Rect,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("not at all"),
            Self::Size { before, after } => write!(f, "{before} became {after}"),
            Self::Pixels { count, place } => {
                write!(f, "{count} pixels within {}×{} at {},{}", place.w, place.h, place.x, place.y)
            }
        }
    }
}

/// A decoded picture.
struct Raw {
    size: Size,
    /// Bytes of a pixel.
    depth: usize,
    bytes: Vec<u8>,
}

fn decode(png: &[u8]) -> Result<Raw, String> {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().map_err(|e| e.to_string())?;
    let room = reader.output_buffer_size().ok_or("it is too large for memory")?;
    let mut bytes = vec![0; room];
    let info = reader.next_frame(&mut bytes).map_err(|e| e.to_string())?;
    bytes.truncate(info.buffer_size());
    let size = Size { width: info.width, height: info.height };
    let pixels = usize::try_from(size.pixels()).map_err(|e| e.to_string())?;
    Ok(Raw { size, depth: bytes.len() / pixels.max(1), bytes })
}

/// The size, from the picture's head.
pub(crate) fn size(png: &[u8]) -> Result<Size, String> {
    let reader = png::Decoder::new(Cursor::new(png)).read_info().map_err(|e| e.to_string())?;
    Ok(Size { width: reader.info().width, height: reader.info().height })
}

fn holds(area: &Rect, x: usize, y: usize) -> bool {
    let within = |at: usize, from: u32, length: u32| (from as usize..from as usize + length as usize).contains(&at);
    within(x, area.x, area.w) && within(y, area.y, area.h)
}

/// Compares the encoded bytes, and only if they differ the pixels: Chromium encodes the same pixels to the same bytes.
/// What lies in the `ignored` boxes does not count.
pub(crate) fn difference(before: &[u8], after: &[u8], ignored: &[Rect]) -> Result<Difference, String> {
    if before == after {
        return Ok(Difference::None);
    }
    let (before, after) = (decode(before)?, decode(after)?);
    if before.size != after.size || before.depth != after.depth {
        return Ok(Difference::Size { before: before.size, after: after.size });
    }
    let (depth, width) = (before.depth, before.size.width as usize);
    let mut count = 0;
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    for (i, (a, b)) in before.bytes.chunks_exact(depth).zip(after.bytes.chunks_exact(depth)).enumerate() {
        if a != b {
            let (x, y) = (i % width, i / width);
            if ignored.iter().any(|area| holds(area, x, y)) {
                continue;
            }
            (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
            count += 1;
        }
    }
    if count == 0 {
        return Ok(Difference::None);
    }
    let place = Rect { x: left as u32, y: top as u32, w: (right - left + 1) as u32, h: (bottom - top + 1) as u32 };
    Ok(Difference::Pixels { count, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, dark: &[(u32, u32)], compression: png::Compression) -> Vec<u8> {
        let mut pixels = vec![255; (width * height * 3) as usize];
        for (x, y) in dark {
            pixels[((y * width + x) * 3) as usize] = 0;
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(compression);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        bytes
    }

    #[test]
    fn pixels_decide_not_bytes() {
        use png::Compression::{Fast, High};
        let (fast, high) = (png(64, 32, &[(3, 4)], Fast), png(64, 32, &[(3, 4)], High));
        assert_ne!(fast, high, "the two are encoded differently");
        assert_eq!(difference(&fast, &high, &[]), Ok(Difference::None));

        let other = png(64, 32, &[(3, 4), (10, 5), (12, 20)], Fast);
        let place = Rect { x: 10, y: 5, w: 3, h: 16 };
        assert_eq!(difference(&fast, &other, &[]), Ok(Difference::Pixels { count: 2, place }));
        let ignored = [Rect { x: 10, y: 5, w: 1, h: 1 }, Rect { x: 12, y: 19, w: 4, h: 4 }];
        assert_eq!(difference(&fast, &other, &ignored), Ok(Difference::None));

        let taller = png(64, 33, &[], Fast);
        let told = difference(&fast, &taller, &[]).unwrap();
        assert_eq!(told.to_string(), "64×32 became 64×33");
        assert!(difference(&fast, b"no picture", &[]).is_err());
        assert_eq!(size(&taller), Ok(Size { width: 64, height: 33 }));
    }
}
