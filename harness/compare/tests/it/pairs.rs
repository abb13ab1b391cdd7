//! Pairs of small pictures, drawn from a seed: the same on every machine, so no picture needs to be stored.

/// A pair of RGBA pictures of one size, told by what it was drawn from.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) kind: Kind,
    pub(crate) seed: u64,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) a: Vec<u8>,
    pub(crate) b: Vec<u8>,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pair({:?}, {}, {}, {})", self.kind, self.width, self.height, self.seed)
    }
}

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What the two pictures of a pair show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any colours, no pixel related to the other.
    Noise,
    /// Five greys, one pixel in three changed: many equal neighbours, many ties.
    Greys,
    /// Boxes and discs with smooth edges, the second picture moved by a pixel.
    Shift,
    /// The same boxes and discs a quarter of a pixel further.
    Phase,
    /// A gradient, each channel a little off.
    Faint,
    /// Any colours and any opacity.
    Clear,
    /// Three colours, opacity none, half or full.
    Veils,
    /// An opaque page on which a see-through patch was laid.
    Patch,
    /// A page of which a frame along the border changed.
    Frame,
    /// A page with one changed block.
    Block,
}

/// Every kind.
pub(crate) const KINDS: [Kind; 10] = [
    Kind::Noise,
    Kind::Greys,
    Kind::Shift,
    Kind::Phase,
    Kind::Faint,
    Kind::Clear,
    Kind::Veils,
    Kind::Patch,
    Kind::Frame,
    Kind::Block,
];

/// Draws a pair.
pub(crate) fn pair(kind: Kind, width: usize, height: usize, seed: u64) -> Pair {
    let mut random = Random(seed);
    let (a, b) = match kind {
        Kind::Noise => {
            (each(width, height, |_, _| opaque(&mut random)), each(width, height, |_, _| opaque(&mut random)))
        }
        Kind::Clear => (each(width, height, |_, _| any(&mut random)), each(width, height, |_, _| any(&mut random))),
        Kind::Greys => changed(width, height, &mut random, |random| {
            let grey = random.below(5) as u8 * 60;
            [grey, grey, grey, 255]
        }),
        Kind::Veils => changed(width, height, &mut random, |random| {
            let [r, g, b] = [[48, 48, 48], [207, 48, 207], [10, 200, 90]][random.below(3) as usize];
            [r, g, b, [0, 128, 255][random.below(3) as usize]]
        }),
        Kind::Shift => {
            let page = Page::new(width, height, &mut random);
            (page.paint(0, 0), page.paint(4, 0))
        }
        Kind::Phase => {
            let page = Page::new(width, height, &mut random);
            (page.paint(0, 0), page.paint(1, 1))
        }
        Kind::Faint => {
            let ramp = |x: usize, y: usize| [x * 3 % 256, y * 5 % 256, (x + y) % 256];
            let a = each(width, height, |x, y| {
                let [r, g, b] = ramp(x, y).map(|v| v as u8);
                [r, g, b, 255]
            });
            let mut b = a.clone();
            for (index, value) in b.iter_mut().enumerate().filter(|(index, _)| index % 4 != 3) {
                *value = value.saturating_add((random.below(1 + index as u64 % 41)) as u8);
            }
            (a, b)
        }
        Kind::Patch => {
            let a = Page::new(width, height, &mut random).paint(0, 0);
            let patch = change_block(&a, width, height, &mut random, |random, pixel| pixel[3] = random.byte());
            (a, patch)
        }
        Kind::Frame => {
            let a = Page::new(width, height, &mut random).paint(0, 0);
            let mut b = a.clone();
            let colour = opaque(&mut random);
            for (index, pixel) in b.as_chunks_mut().0.iter_mut().enumerate() {
                let (x, y) = (index % width, index / width);
                let near = x.min(width - 1 - x).min(y.min(height - 1 - y));
                if near < 2 && random.chance(70) {
                    *pixel = colour;
                }
            }
            (a, b)
        }
        Kind::Block => {
            let a = Page::new(width, height, &mut random).paint(0, 0);
            let b = change_block(&a, width, height, &mut random, |random, pixel| *pixel = opaque(random));
            (a, b)
        }
    };
    Pair { kind, seed, width, height, a, b }
}

fn each(width: usize, height: usize, mut paint: impl FnMut(usize, usize) -> [u8; 4]) -> Vec<u8> {
    let mut rgba = Vec::with_capacity(width * height * 4);
    for y in 0..height {
        for x in 0..width {
            rgba.extend(paint(x, y));
        }
    }
    rgba
}

fn opaque(random: &mut Random) -> [u8; 4] {
    [random.byte(), random.byte(), random.byte(), 255]
}

fn any(random: &mut Random) -> [u8; 4] {
    [random.byte(), random.byte(), random.byte(), random.byte()]
}

/// Pixels of `colour`, one in three of them drawn anew in the second picture.
fn changed(w: usize, h: usize, random: &mut Random, colour: impl Fn(&mut Random) -> [u8; 4]) -> (Vec<u8>, Vec<u8>) {
    let a = each(w, h, |_, _| colour(random));
    let mut b = a.clone();
    for pixel in b.as_chunks_mut().0 {
        if random.chance(33) {
            *pixel = colour(random);
        }
    }
    (a, b)
}

fn change_block(
    a: &[u8],
    width: usize,
    height: usize,
    random: &mut Random,
    mut change: impl FnMut(&mut Random, &mut [u8; 4]),
) -> Vec<u8> {
    let mut b = a.to_vec();
    let left = random.below(width as u64) as usize;
    let top = random.below(height as u64) as usize;
    let (right, bottom) = ((left + width.div_ceil(3)).min(width), (top + height.div_ceil(3)).min(height));
    for y in top..bottom {
        for x in left..right {
            change(random, &mut b.as_chunks_mut().0[y * width + x]);
        }
    }
    b
}

/// Boxes and discs on white, in quarters of a pixel.
struct Page {
    width: usize,
    height: usize,
    shapes: Vec<Shape>,
}

struct Shape {
    round: bool,
    x: i64,
    y: i64,
    half: i64,
    colour: [i64; 3],
}

impl Page {
    fn new(width: usize, height: usize, random: &mut Random) -> Self {
        let count = 2 + width * height / 250;
        let shape = |random: &mut Random| Shape {
            round: random.chance(60),
            x: random.below(width as u64 * 4) as i64,
            y: random.below(height as u64 * 4) as i64,
            half: 2 + random.below(40) as i64,
            colour: [random.byte(), random.byte(), random.byte()].map(i64::from),
        };
        Self { width, height, shapes: (0..count).map(|_| shape(random)).collect() }
    }

    /// Paints with 4×4 samples a pixel, moved by quarters of a pixel.
    fn paint(&self, right: i64, down: i64) -> Vec<u8> {
        each(self.width, self.height, |x, y| {
            let mut colour = [255i64; 3];
            for shape in self.shapes.iter().filter(|shape| shape.is_near(x as i64 * 4 - right, y as i64 * 4 - down)) {
                let inside = (0..16).filter(|i| shape.holds(x as i64 * 4 + i % 4 - right, y as i64 * 4 + i / 4 - down));
                let covered = inside.count() as i64;
                for (channel, own) in colour.iter_mut().zip(shape.colour) {
                    *channel = (*channel * (16 - covered) + own * covered) / 16;
                }
            }
            [colour[0] as u8, colour[1] as u8, colour[2] as u8, 255]
        })
    }
}

impl Shape {
    /// Whether it can reach the pixel that begins here.
    fn is_near(&self, x: i64, y: i64) -> bool {
        (x - self.x).abs().max((y - self.y).abs()) <= self.half + 4
    }

    fn holds(&self, x: i64, y: i64) -> bool {
        let (dx, dy) = ((x - self.x).abs(), (y - self.y).abs());
        if self.round { dx * dx + dy * dy <= self.half * self.half } else { dx <= self.half && dy <= self.half }
    }
}
