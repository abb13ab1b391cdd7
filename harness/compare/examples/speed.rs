//! How long a comparison takes, beside the time `memcmp` needs to find two pictures equal.
//!
//! `cargo run --release -p harness-compare --example speed` draws page-like pictures in three sizes; with the paths of
//! two PNG files behind `--` it compares those instead. Figures are medians in milliseconds: of pictures that are already
//! decoded (`compare`, `no AA`; where they are equal, giving their memory back is part of it), of what a failure needs
//! (`draw`, `sweep`), and of the whole way from two files to a verdict (`files`).

use std::{hint::black_box, time::Instant};

use harness_compare::{Options, Picture, Side, compare, compare_png, diff_picture, sweep};

const RUNS: usize = 25;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    println!(
        "{:<34} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  pixels",
        "", "memcmp", "compare", "no AA", "draw", "sweep", "files"
    );
    if let [expected, actual] = &files[..] {
        let read = |path: &String| std::fs::read(path).expect("the file can be read");
        measure(actual, &read(expected), &read(actual));
        return;
    }
    for (width, height) in [(1080, 2000), (1440, 900), (3840, 2160)] {
        let base = page(width, height);
        for (name, change) in CHANGES {
            let mut other = base.clone();
            change(&mut other, width, height);
            let name = format!("{width}×{height} {name}");
            measure(&name, &encode(width, height, &base, 0), &encode(width, height, &other, 1));
        }
    }
}

type Change = fn(&mut Vec<[u8; 3]>, usize, usize);

const CHANGES: [(&str, Change); 4] = [
    ("equal, encoded otherwise", |_, _, _| {}),
    ("caret 0.01 %", |page, w, h| paint(page, w, [w / 3, h / 3, 2.max(w * h / 180_000), 18], [0, 0, 0])),
    ("block 5 %", |page, w, h| paint(page, w, [w / 4, h / 4, w / 5, h / 4], [10, 160, 40])),
    ("shift by 1 px", |page, w, _| page.as_mut_slice().chunks_exact_mut(w).for_each(|row| row.rotate_right(1))),
];

fn measure(name: &str, expected: &[u8], actual: &[u8]) {
    let options = Options::default();
    let decode = |bytes| Picture::decode(Side::Expected, bytes).expect("the file is sound");
    let (a, b) = (decode(expected), decode(actual));
    let equal = a.clone();
    let memcmp = median(|| (), |()| a == *black_box(&equal));
    let pictures = || (a.clone(), b.clone());
    let run = |(a, b), options: &Options| compare(a, b, options).expect("the options are sound");
    let compared = median(pictures, |pair| run(pair, &options));
    let plain = median(pictures, |pair| run(pair, &Options { antialiasing: false, ..options }));
    let outcome = compare_png(expected, actual, &options).expect("the files are sound");
    let drawn = median(|| (), |()| diff_picture(&outcome));
    let swept = median(|| (), |()| sweep(&outcome));
    let files = median(|| (), |()| compare_png(expected, actual, &options));
    let pixels = outcome.comparison().diff_pixels;
    println!("{name:<34} {memcmp:8.2} {compared:8.2} {plain:8.2} {drawn:8.2} {swept:8.2} {files:8.2}  {pixels}");
}

fn median<P, R>(mut prepare: impl FnMut() -> P, mut run: impl FnMut(P) -> R) -> f64 {
    let mut times = [0.0; RUNS];
    for time in &mut times {
        let prepared = prepare();
        let start = Instant::now();
        let result = black_box(run(prepared));
        *time = start.elapsed().as_secs_f64() * 1e3;
        drop(result);
    }
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// Cards with lines of text-like strokes and a noisy photo under a gradient.
fn page(width: usize, height: usize) -> Vec<[u8; 3]> {
    let mut page = vec![[246, 247, 251]; width * height];
    for (index, pixel) in page[..width * 120].iter_mut().enumerate() {
        let x = index % width * 255 / width;
        *pixel = [(99 + x / 2) as u8, (102 - x / 8) as u8, (241 - x / 3) as u8];
    }
    let mut seed = 7u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        seed >> 16
    };
    for (card_x, card_y) in (0..height / 200).flat_map(|y| (0..width / 340).map(move |x| (x * 340 + 20, y * 200 + 140)))
    {
        paint(&mut page, width, [card_x, card_y, 300, 170.min(height.saturating_sub(card_y))], [255, 255, 255]);
        let photo = random() % 5 == 0;
        for y in card_y + 12..(card_y + 160).min(height) {
            for x in card_x + 12..card_x + 288 {
                let stroke = (y - card_y) % 22 < 12 && (x * 7 + y / 3 % 4 * 5 + card_x) % 11 < 3;
                if photo {
                    page[y * width + x] = [0, 1, 2].map(|i| (120 + x % 60 + (random() as usize % (20 + i * 4))) as u8);
                } else if stroke {
                    page[y * width + x] = [[34, 34, 51], [120, 120, 132], [200, 200, 208]][(x + y) % 3];
                }
            }
        }
    }
    page
}

fn paint(page: &mut [[u8; 3]], width: usize, [x, y, w, h]: [usize; 4], colour: [u8; 3]) {
    for row in page.chunks_exact_mut(width).skip(y).take(h) {
        row[x..x + w].fill(colour);
    }
}

/// Filtered and packed as a baseline is (`0`) or as a browser does in a hurry (`1`).
fn encode(width: usize, height: usize, page: &[[u8; 3]], manner: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_filter([png::Filter::Sub, png::Filter::Up][manner]);
    encoder.set_deflate_compression(png::DeflateCompression::Level([6, 1][manner]));
    let mut writer = encoder.write_header().expect("memory takes everything");
    writer.write_image_data(page.as_flattened()).expect("memory takes everything");
    writer.finish().expect("memory takes everything");
    file
}
