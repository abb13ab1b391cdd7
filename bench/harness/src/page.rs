//! A page as it might be pictured: a gradient above, cards with round corners, icons, lines of text with smoothed edges,
//! and photographs.

use crate::encode::Pixels;

/// What is drawn another way in a variant of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Look {
    /// How far right of its place all text begins, in pixels.
    pub(crate) text_phase: f64,
    /// How far right of their places icons are, in pixels.
    pub(crate) icon_phase: f64,
}

const CARD: (usize, usize) = (340, 200);
/// Height of a line of text, of its small letters, and the thickness of a stroke.
const LINE: usize = 22;
const LETTER: f64 = 9.0;
const STROKE: f64 = 1.5;

/// Draws a page of this size; the same for the same look.
pub(crate) fn draw(width: usize, height: usize, look: Look) -> Pixels {
    let mut page = Pixels { width, height, rgb: vec![[246, 247, 251]; width * height] };
    for (index, pixel) in page.rgb[..width * 120.min(height)].iter_mut().enumerate() {
        let x = index % width * 255 / width;
        *pixel = [(99 + x / 2) as u8, (102 - x / 8) as u8, (241 - x / 3) as u8];
    }
    let mut random = Random(7);
    for (x, y) in (0..height / CARD.1).flat_map(|row| (0..width / CARD.0).map(move |column| (column, row))) {
        page.card(x * CARD.0 + 20, y * CARD.1 + 140, look, &mut random);
    }
    page
}

impl Pixels {
    fn card(&mut self, left: usize, top: usize, look: Look, random: &mut Random) {
        let (right, bottom) = (left + 300, (top + 176).min(self.height));
        let (photo, dark) = (random.below(5) == 0, [34, 34, 51]);
        for y in top..bottom {
            for x in left..right {
                let corner = distance_to_box((x as f64, y as f64), (left + 8, top + 8), (right - 9, top + 167));
                self.lay(x, y, [255; 3], 8.5 - corner);
            }
        }
        if photo {
            for y in (top + 12)..(top + 164).min(self.height) {
                for x in left + 12..right - 12 {
                    let level = 120 + (x - left) % 60;
                    self.rgb[y * self.width + x] = [0, 1, 2].map(|i| (level + random.below(20 + i * 4)) as u8);
                }
            }
            return;
        }
        let centre = ((left + 26) as f64 + look.icon_phase, (top + 26) as f64);
        for y in (top + 12)..(top + 42).min(self.height) {
            for x in left + 12..left + 42 {
                let away = (x as f64 - centre.0).hypot(y as f64 - centre.1);
                self.lay(x, y, [79, 70, 229], 12.0 - away);
            }
        }
        for line in 0..5 {
            let (mut x, end) = (left as f64 + 16.0 + look.text_phase, (right - 20 - random.below(60)) as f64);
            let baseline = (top + 64 + line * LINE) as f64;
            while x < end {
                let width = 4.0 + random.below(4) as f64;
                if random.below(6) > 0 {
                    self.letter(x, baseline, width, random.below(8), dark);
                }
                x += width + 2.25;
            }
        }
    }

    /// A letter of up to four strokes.
    fn letter(&mut self, left: f64, baseline: f64, width: f64, shape: usize, ink: [u8; 3]) {
        let (right, top) = (left + width, baseline - LETTER);
        let strokes = [
            ((left, top), (left, baseline), shape != 3),
            ((right, top), (right, baseline), shape & 1 == 0),
            ((left, top), (right, top), shape & 2 == 0),
            ((left, baseline), (right, baseline), shape & 4 == 0),
            ((left, top), (right, baseline), shape == 3 || shape == 5),
        ];
        for y in (top as usize).saturating_sub(2)..=(baseline as usize + 2).min(self.height - 1) {
            for x in (left as usize).saturating_sub(2)..=(right as usize + 2).min(self.width - 1) {
                let away = strokes
                    .iter()
                    .filter(|(_, _, drawn)| *drawn)
                    .map(|(from, to, _)| distance_to_line((x as f64, y as f64), *from, *to));
                let away = away.fold(f64::INFINITY, f64::min);
                self.lay(x, y, ink, STROKE / 2.0 + 0.5 - away);
            }
        }
    }

    /// Lays a colour over a pixel as far as its shape covers it.
    fn lay(&mut self, x: usize, y: usize, colour: [u8; 3], covered: f64) {
        let covered = covered.clamp(0.0, 1.0);
        let pixel = &mut self.rgb[y * self.width + x];
        for (channel, colour) in pixel.iter_mut().zip(colour) {
            *channel = (f64::from(*channel) * (1.0 - covered) + f64::from(colour) * covered).round() as u8;
        }
    }

    /// Fills a box.
    pub(crate) fn fill(&mut self, [x, y, w, h]: [usize; 4], colour: [u8; 3]) {
        for row in self.rgb.chunks_exact_mut(self.width).skip(y).take(h) {
            row[x..x + w].fill(colour);
        }
    }
}

fn distance_to_line(at: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = (((at.0 - from.0) * dx + (at.1 - from.1) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (at.0 - from.0 - along * dx).hypot(at.1 - from.1 - along * dy)
}

fn distance_to_box(at: (f64, f64), first: (usize, usize), last: (usize, usize)) -> f64 {
    let beyond = |at: f64, first: usize, last: usize| (first as f64 - at).max(at - last as f64).max(0.0);
    beyond(at.0, first.0, last.0).hypot(beyond(at.1, first.1, last.1))
}

/// A linear congruential generator: the pages are the same on every machine.
struct Random(u32);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (self.0 >> 16) as usize % end
    }
}
