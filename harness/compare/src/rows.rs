//! The rows of a picture from above to below, unpacked as they are asked for.
//!
//! Only the last few rows of a packed picture are ever in memory: what was just unpacked is still in the processor's
//! cache when it is compared, and no page of fresh memory has to be got for it.

use harness_model::Size;

use crate::{Picture, engine::HALO, packed::Packed, row_keys, unfilter};

/// How far back deflated data may point.
const LOOK_BACK: usize = 32 * 1024;

/// How much is unpacked at once.
const AHEAD: usize = 128 * 1024;

/// Rows that stay at hand: the last one and the halo above it.
const AT_HAND: usize = HALO + 1;

/// The packed data is damaged or of an odd form.
#[derive(Debug)]
pub(crate) struct Unreadable;

/// A picture, decoded or still packed.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Picture(Picture),
    Packed(Packed),
}

impl Source {
    pub(crate) fn size(&self) -> Size {
        match self {
            Self::Picture(picture) => picture.size(),
            Self::Packed(packed) => packed.size,
        }
    }

    /// The rows, the first one first.
    pub(crate) fn rows(&self) -> Rows<'_> {
        let from = match self {
            Self::Picture(picture) => From::Picture(picture),
            Self::Packed(packed) => From::Packed(Box::new(Unpacker::new(packed))),
        };
        Rows { from, read: 0 }
    }

    /// The whole picture.
    pub(crate) fn to_picture(&self) -> Result<Picture, Unreadable> {
        if let Self::Picture(picture) = self {
            return Ok(picture.clone());
        }
        let size = self.size();
        let mut pixels = vec![0; size.pixels() as usize];
        let mut rows = self.rows();
        for (y, row) in pixels.chunks_exact_mut(size.width as usize).enumerate() {
            rows.advance()?;
            rows.copy(y, row);
        }
        Ok(Picture::from_pixels(size, pixels))
    }
}

/// Reads a picture row by row.
pub(crate) struct Rows<'a> {
    from: From<'a>,
    /// How many rows were read.
    read: usize,
}

enum From<'a> {
    Picture(&'a Picture),
    Packed(Box<Unpacker<'a>>),
}

impl Rows<'_> {
    /// Reads the next row.
    pub(crate) fn advance(&mut self) -> Result<(), Unreadable> {
        if let From::Packed(unpacker) = &mut self.from {
            unpacker.unfilter(self.read)?;
        }
        self.read += 1;
        Ok(())
    }

    /// Reads the next row of both; says whether their first `width` pixels are equal.
    pub(crate) fn advance_both(one: &mut Self, other: &mut Self, width: usize) -> Result<bool, Unreadable> {
        if let (From::Packed(a), From::Packed(b)) = (&mut one.from, &mut other.from)
            && a.packed.channels == b.packed.channels
        {
            let equal = Unpacker::unfilter_both(a, b, one.read, width)?;
            one.read += 1;
            other.read += 1;
            return Ok(equal);
        }
        one.advance()?;
        other.advance()?;
        let (mut a, mut b) = (vec![0; width], vec![0; width]);
        one.copy(one.read - 1, &mut a);
        other.copy(other.read - 1, &mut b);
        Ok(a == b)
    }

    /// Copies as many pixels of a row as there is room for. It must be one of the last three that were read.
    pub(crate) fn copy(&self, y: usize, into: &mut [u32]) {
        debug_assert!(y < self.read && y + AT_HAND >= self.read);
        match &self.from {
            From::Picture(picture) => into.copy_from_slice(&picture.grid().row(y)[..into.len()]),
            From::Packed(unpacker) => expand(unpacker.packed.channels, &unpacker.ring[y % AT_HAND], into),
        }
    }

    /// The sample of a row's first `width` pixels. It must be one of those that [`Rows::copy`] gives.
    pub(crate) fn sample(&self, y: usize, width: usize) -> u64 {
        row_keys::sample(width, |left, into| match &self.from {
            From::Picture(picture) => into.copy_from_slice(&picture.grid().row(y)[left..left + into.len()]),
            From::Packed(unpacker) => {
                let channels = unpacker.packed.channels;
                expand(channels, &unpacker.ring[y % AT_HAND][left * channels..], into);
            }
        })
    }

    /// Reads what is left, so that damage there does not go unseen.
    pub(crate) fn finish(mut self) -> Result<(), Unreadable> {
        let From::Packed(unpacker) = &mut self.from else {
            return Ok(());
        };
        for y in self.read..unpacker.packed.size.height as usize {
            unpacker.unfilter(y)?;
        }
        unpacker.finish()
    }
}

/// Undoes deflate and the filters.
struct Unpacker<'a> {
    packed: &'a Packed,
    /// What of the deflated data is still to be read.
    deflated: &'a [u8],
    inflate: fdeflate::Decompressor,
    /// Filtered rows; `start..end` are inflated and not yet used.
    inflated: Vec<u8>,
    start: usize,
    end: usize,
    /// The last rows, each at the place of its number modulo their count.
    ring: [Vec<u8>; AT_HAND],
    /// Whether the last rows of two pictures read together were equal to their ends.
    equal_above: bool,
}

impl<'a> Unpacker<'a> {
    fn new(packed: &'a Packed) -> Self {
        let stride = packed.size.width as usize * packed.channels;
        let mut inflate = fdeflate::Decompressor::new();
        // The parts' own check sums held; one over the pixels would find nothing more.
        inflate.ignore_adler32();
        Self {
            packed,
            deflated: &packed.deflated,
            inflate,
            inflated: vec![0; LOOK_BACK + stride + 1 + AHEAD],
            start: 0,
            end: 0,
            ring: [(); AT_HAND].map(|()| vec![0; stride]),
            equal_above: true,
        }
    }

    /// Makes the next filtered row available at `start`, with its filter in front.
    fn prepare(&mut self) -> Result<(), Unreadable> {
        while self.end - self.start < self.ring[0].len() + 1 {
            if self.inflate_more()? == 0 {
                return Err(Unreadable);
            }
        }
        Ok(())
    }

    /// Inflates as much as there is room for; says how many bytes came.
    fn inflate_more(&mut self) -> Result<usize, Unreadable> {
        if self.end == self.inflated.len() {
            let gone = self.start.saturating_sub(LOOK_BACK);
            self.inflated.copy_within(gone..self.end, 0);
            self.start -= gone;
            self.end -= gone;
        }
        let progress = self.inflate.read(self.deflated, &mut self.inflated, self.end, true);
        let (read, written) = progress.map_err(|_| Unreadable)?;
        self.deflated = &self.deflated[read..];
        self.end += written;
        Ok(written)
    }

    /// Reads row `y`, the one after the last.
    fn unfilter(&mut self, y: usize) -> Result<(), Unreadable> {
        self.prepare()?;
        let mut row = std::mem::take(&mut self.ring[y % AT_HAND]);
        let above = &self.ring[(y + AT_HAND - 1) % AT_HAND];
        let (filter, filtered) = (self.inflated[self.start], &self.inflated[self.start + 1..][..row.len()]);
        let done = match self.packed.channels {
            3 => unfilter::row::<3>(filter, filtered, above, &mut row),
            _ => unfilter::row::<4>(filter, filtered, above, &mut row),
        };
        self.start += row.len() + 1;
        self.ring[y % AT_HAND] = row;
        done.ok_or(Unreadable)
    }

    /// Reads row `y` of both. Where the filtered bytes are equal and nothing else goes into the row, so are the pixels.
    fn unfilter_both(a: &mut Self, b: &mut Self, y: usize, width: usize) -> Result<bool, Unreadable> {
        a.prepare()?;
        b.prepare()?;
        let (row_a, row_b) = (a.filtered(), b.filtered());
        let alike = row_a == row_b && (a.equal_above || !unfilter::needs_above(row_a[0]));
        a.unfilter(y)?;
        let slot = y % AT_HAND;
        if alike {
            b.ring[slot].copy_from_slice(&a.ring[slot]);
            b.start += b.ring[slot].len() + 1;
        } else {
            b.unfilter(y)?;
        }
        a.equal_above = alike || a.ring[slot] == b.ring[slot];
        let bytes = width * a.packed.channels;
        Ok(a.equal_above || a.ring[slot][..bytes] == b.ring[slot][..bytes])
    }

    fn filtered(&self) -> &[u8] {
        &self.inflated[self.start..][..self.ring[0].len() + 1]
    }

    /// Makes sure that the deflated data ends with the last row.
    fn finish(&mut self) -> Result<(), Unreadable> {
        while self.end == self.start && !self.inflate.is_done() {
            self.inflate_more()?;
        }
        if self.end == self.start { Ok(()) } else { Err(Unreadable) }
    }
}

fn expand(channels: usize, bytes: &[u8], into: &mut [u32]) {
    if channels == 3 {
        for (pixel, &[r, g, b]) in into.iter_mut().zip(bytes.as_chunks().0) {
            *pixel = u32::from_le_bytes([r, g, b, 255]);
        }
    } else {
        for (pixel, &rgba) in into.iter_mut().zip(bytes.as_chunks().0) {
            *pixel = u32::from_le_bytes(rgba);
        }
    }
}
