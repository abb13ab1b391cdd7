//! Compares two pictures while they are unpacked.
//!
//! Equal rows are passed over as they come. Where rows differ, they and the halo around them go into a window, which is
//! judged band by band.

use crate::{
    engine::{BAND, Engine, Found, HALO},
    grid::Grid,
    outcome::common_size,
    row_keys::Samples,
    rows::{Rows, Source, Unreadable},
};

/// Rows that the window holds: a band and the halo on either side.
const ROWS: usize = BAND + 2 * HALO;

/// Finds what differs in the part that two pictures have in common; nothing when all of it is equal. Of rows that come
/// still packed and are not equal, samples are taken.
pub(crate) fn find(
    a: &Source,
    b: &Source,
    engine: &mut Engine,
    samples: &mut Samples,
) -> Result<Option<Found>, Unreadable> {
    let common = common_size(a.size(), b.size());
    let (width, height) = (common.width as usize, common.height as usize);
    if let (Source::Picture(a), Source::Picture(b)) = (a, b) {
        return Ok(engine.find(&a.grid().cut_to(width, height), &b.grid().cut_to(width, height)));
    }
    let (mut rows_a, mut rows_b) = (a.rows(), b.rows());
    let mut window = Window::new(width, height);
    let mut found = None;
    for y in 0..height {
        let equal = Rows::advance_both(&mut rows_a, &mut rows_b, width)?;
        if !equal {
            samples.push(y, rows_a.sample(y, width), rows_b.sample(y, width));
        }
        if equal && !window.is_open() {
            continue;
        }
        let found = found.get_or_insert_with(|| Found::nothing(width, height));
        if !window.is_open() {
            window.open(&rows_a, &rows_b, y);
        }
        window.push(&rows_a, &rows_b, y, equal);
        if window.is_full() {
            window.judge(engine, found);
        }
        window.close_if_past(engine, found);
    }
    if let Some(found) = &mut found {
        window.close(engine, found);
    }
    rows_a.finish()?;
    rows_b.finish()?;
    Ok(found)
}

/// A run of rows in which pixels differ, as far as it is not yet judged, and the halo around it.
struct Window {
    pixels: [Vec<u32>; 2],
    width: usize,
    height: usize,
    /// The first row held.
    top: usize,
    /// How many rows are held; none while the window is closed.
    held: usize,
    /// The first row that is not yet judged.
    next: usize,
    /// How many rows at the end are equal.
    equal: usize,
}

impl Window {
    fn new(width: usize, height: usize) -> Self {
        Self { pixels: [Vec::new(), Vec::new()], width, height, top: 0, held: 0, next: 0, equal: 0 }
    }

    fn is_open(&self) -> bool {
        self.held > 0
    }

    fn is_full(&self) -> bool {
        self.held == ROWS
    }

    /// Begins at row `y` with the halo above it, which is equal.
    fn open(&mut self, a: &Rows<'_>, b: &Rows<'_>, y: usize) {
        for pixels in &mut self.pixels {
            pixels.resize(ROWS * self.width, 0);
        }
        (self.top, self.next) = (y.saturating_sub(HALO), y);
        for above in self.top..y {
            self.push(a, b, above, true);
        }
    }

    fn push(&mut self, a: &Rows<'_>, b: &Rows<'_>, y: usize, equal: bool) {
        let place = self.held * self.width..(self.held + 1) * self.width;
        let [pixels_a, pixels_b] = &mut self.pixels;
        a.copy(y, &mut pixels_a[place.clone()]);
        if equal {
            pixels_b[place.clone()].copy_from_slice(&pixels_a[place]);
        } else {
            b.copy(y, &mut pixels_b[place]);
        }
        self.held += 1;
        self.equal = if equal { self.equal + 1 } else { 0 };
    }

    /// Judges all rows that have their halo below, and keeps what the rest needs above.
    fn judge(&mut self, engine: &mut Engine, found: &mut Found) {
        let end = self.top + self.held - HALO;
        self.judge_to(end, engine, found);
        let gone = end - HALO - self.top;
        for pixels in &mut self.pixels {
            pixels.copy_within(gone * self.width..self.held * self.width, 0);
        }
        self.top += gone;
        self.held -= gone;
    }

    /// Ends the window once the halo below its last differing row is there.
    fn close_if_past(&mut self, engine: &mut Engine, found: &mut Found) {
        if self.equal >= HALO {
            self.close(engine, found);
        }
    }

    fn close(&mut self, engine: &mut Engine, found: &mut Found) {
        if self.is_open() {
            self.judge_to(self.top + self.held, engine, found);
            (self.held, self.equal) = (0, 0);
        }
    }

    fn judge_to(&mut self, end: usize, engine: &mut Engine, found: &mut Found) {
        let [a, b] = self.pixels.each_ref().map(|pixels| Grid {
            pixels,
            top: self.top,
            pitch: self.width,
            width: self.width,
            height: self.height,
        });
        while self.next < end {
            let bottom = (self.next + BAND).min(end);
            engine.find_band(&a, &b, self.next..bottom, found);
            self.next = bottom;
        }
    }
}
