//! A PNG of the kind that browsers and the store of baselines write, still packed.
//!
//! Such a file is 8-bit RGB or RGBA without a palette or interlacing. It need not be decoded as a whole: its rows can be
//! unpacked one after the other ([`crate::rows`]). Every other kind of file, and every damaged one, is left to the
//! general decoder, which reads it or says what is wrong.

use harness_model::Size;

use crate::MAX_PIXELS;

/// Length, name and check sum of a part.
const FRAME: usize = 12;

/// The pixels of a plain PNG as they lie in the file.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    pub(crate) size: Size,
    /// Bytes of a pixel: 3 or 4.
    pub(crate) channels: usize,
    /// The deflated rows.
    pub(crate) deflated: Vec<u8>,
}

impl Packed {
    /// Takes the pixels from a file; `None` when it is of another kind, or not in order.
    pub(crate) fn open(file: &[u8]) -> Option<Self> {
        let mut parts = Parts { rest: file.strip_prefix(b"\x89PNG\r\n\x1a\n")? };
        let (b"IHDR", header) = parts.next()? else {
            return None;
        };
        let mut packed = Self::of_header(header)?;
        packed.deflated.reserve(file.len());
        loop {
            match parts.next()? {
                (b"IDAT", data) => packed.deflated.extend_from_slice(data),
                (b"IEND", []) => return Some(packed),
                // A palette is only a hint here; a transparent colour or further frames change what is seen.
                (b"PLTE", _) => {}
                (b"tRNS" | b"acTL", _) => return None,
                (name, _) if name[0].is_ascii_uppercase() => return None,
                _ => {}
            }
        }
    }

    fn of_header(header: &[u8]) -> Option<Self> {
        let ([w0, w1, w2, w3, h0, h1, h2, h3], kind) =
            header.split_first_chunk::<8>().map(|(size, kind)| (*size, kind))?;
        let size = Size { width: u32::from_be_bytes([w0, w1, w2, w3]), height: u32::from_be_bytes([h0, h1, h2, h3]) };
        let channels = match kind {
            [8, 2, 0, 0, 0] => 3,
            [8, 6, 0, 0, 0] => 4,
            _ => return None,
        };
        let bearable = size.width > 0 && size.height > 0 && size.pixels() <= MAX_PIXELS;
        bearable.then_some(Self { size, channels, deflated: Vec::new() })
    }
}

/// The parts of a file, as long as they are whole and their check sums hold.
struct Parts<'a> {
    rest: &'a [u8],
}

impl<'a> Parts<'a> {
    fn next(&mut self) -> Option<(&'a [u8; 4], &'a [u8])> {
        let length = u32::from_be_bytes(*self.rest.first_chunk()?) as usize;
        let (part, rest) = self.rest.split_at_checked(length.checked_add(FRAME)?)?;
        let (named, sum) = part[4..].split_last_chunk::<4>()?;
        self.rest = rest;
        let (name, data) = named.split_first_chunk()?;
        (crc32fast::hash(named).to_be_bytes() == *sum).then_some((name, data))
    }
}
