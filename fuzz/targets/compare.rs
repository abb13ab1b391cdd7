//! Any two pictures, decoded and as files, one way and the other.

#![no_main]

use harness_compare::{Options, Picture, compare, compare_png, diff_picture};
use harness_model::Size;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[width, height, threshold, kind], pixels)) = bytes.split_first_chunk() else { return };
    let size = Size { width: u32::from(width % 150) + 1, height: u32::from(height % 60) + 1 };
    let [was, is] = pictures(size, pixels, kind);
    let options = Options { threshold: f64::from(threshold % 50) / 100.0, antialiasing: kind & 1 == 0 };
    let compared = |a: &[u8], b: &[u8]| {
        let picture = |rgba| Picture::from_rgba(size, rgba).expect("the size is that of the pixels");
        compare(picture(a), picture(b), &options).expect("the options are sound")
    };
    let (outcome, other_way) = (compared(&was, &is), compared(&is, &was));
    let (found, other) = (outcome.comparison(), other_way.comparison());
    assert_eq!((found.diff_pixels, found.equal), (other.diff_pixels, other.equal));
    let told: u64 = found.regions.iter().filter(|region| !region.faint).map(|region| region.pixels).sum();
    assert_eq!(told, found.diff_pixels);
    let by_rows = compare_png(&file(size, &was), &file(size, &is), &options).expect("the files are sound");
    assert_eq!(by_rows.comparison(), found);
    assert_eq!(diff_picture(&by_rows), diff_picture(&outcome));
});

/// Two pictures from the bytes: each byte makes a run of pixels, and says how the second picture differs there.
fn pictures(size: Size, bytes: &[u8], kind: u8) -> [Vec<u8>; 2] {
    let count = size.pixels() as usize;
    let (mut was, mut is) = (Vec::with_capacity(count * 4), Vec::with_capacity(count * 4));
    let mut runs = bytes.as_chunks::<4>().0.iter().cycle();
    while was.len() < count * 4 {
        let Some(&[level, colour, by, length]) = runs.next() else { break };
        let alpha = if kind & 2 == 0 { 255 } else { colour | 15 };
        for _ in 0..length % 24 + 1 {
            was.extend([level, level ^ colour, colour, alpha]);
            is.extend([level.wrapping_add(by & 15), level ^ colour, colour.wrapping_sub(by >> 4), alpha]);
        }
    }
    [was, is].map(|mut rgba| {
        rgba.resize(count * 4, 255);
        rgba
    })
}

fn file(size: Size, rgba: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.width, size.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().expect("memory takes it");
    writer.write_image_data(rgba).expect("memory takes it");
    writer.finish().expect("memory takes it");
    file
}
