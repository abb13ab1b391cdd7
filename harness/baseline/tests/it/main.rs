//! A store on a real folder. Run with `cargo test -p harness-baseline --test it`.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod approvals;
mod damage;
mod keys;
mod outlines;
#[cfg(unix)]
mod read_only;
mod sizes;
mod store;
mod stored;
mod told;

use harness_model::SnapshotKey;

/// A name.
fn key(name: &str) -> SnapshotKey {
    name.parse().unwrap()
}

/// A picture of one colour.
fn picture(grey: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&[grey, grey, grey, 255].repeat(64)).unwrap();
    file
}

/// The colour of a picture of one colour.
fn grey(file: &[u8]) -> u8 {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut samples).unwrap();
    samples[0]
}
