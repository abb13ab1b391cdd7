//! Rows that only one picture has are told, whatever else changed, and nothing is told where no row moved.

use harness_compare::{Options, Picture, compare, compare_png, compare_png_outside, diff_picture};
use harness_model::{Comparison, Rect, RowBlock, RowChange, Size};
use proptest::prelude::*;

use crate::pairs::Random;

const WIDTH: usize = 90;

/// A page of lines of text, each unlike the others, with blank rows between.
fn page(rows: usize, seed: u64) -> Vec<[u8; 4]> {
    let mut random = Random(seed);
    let mut pixels = vec![[255; 4]; WIDTH * rows];
    for y in (0..rows).filter(|y| y % 20 < 12) {
        for x in 8..WIDTH - 8 {
            if random.below(3) == 0 {
                pixels[y * WIDTH + x] = [20, 20, 20, 255];
            }
        }
    }
    pixels
}

fn picture(pixels: &[[u8; 4]]) -> Picture {
    let size = Size { width: WIDTH as u32, height: (pixels.len() / WIDTH) as u32 };
    Picture::from_rgba(size, pixels.as_flattened()).unwrap()
}

fn png(pixels: &[[u8; 4]]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH as u32, (pixels.len() / WIDTH) as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(pixels.as_flattened()).unwrap();
    file
}

/// Both ways to compare, which must agree to the last pixel that is drawn.
fn found(was: &[[u8; 4]], is: &[[u8; 4]]) -> Comparison {
    let decoded = compare(picture(was), picture(is), &Options::default()).unwrap();
    let packed = compare_png(&png(was), &png(is), &Options::default()).unwrap();
    assert_eq!(decoded.comparison(), packed.comparison());
    assert_eq!(diff_picture(&decoded), diff_picture(&packed));
    packed.into_comparison()
}

fn rows(change: RowChange, y: usize, rows: usize) -> RowBlock {
    RowBlock { change, y: y as u32, rows: rows as u32 }
}

/// The same page with a block of unlike rows put in.
fn with_block(page: &[[u8; 4]], y: usize, rows: usize) -> Vec<[u8; 4]> {
    let mut grown = page.to_vec();
    let block = self::page(rows.next_multiple_of(20), 77).into_iter().map(|[r, ..]| [r, 90, 200, 255]);
    grown.splice(y * WIDTH..y * WIDTH, block.take(rows * WIDTH));
    grown
}

fn dot(pixels: &mut [[u8; 4]], x: usize, y: usize) {
    for row in y..y + 4 {
        pixels[row * WIDTH + x..][..4].fill([255, 0, 0, 255]);
    }
}

#[test]
fn an_inserted_block_is_told_and_what_changed_besides() {
    let was = page(400, 1);
    let mut is = with_block(&was, 130, 40);
    dot(&mut is, 30, 300);
    let there = found(&was, &is).alignment.unwrap();
    assert_eq!(there.blocks, [rows(RowChange::Inserted, 130, 40)]);
    assert!((10..=16).contains(&there.diff_pixels), "{there}");
    let back = found(&is, &was).alignment.unwrap();
    assert_eq!(back.blocks, [rows(RowChange::Removed, 130, 40)]);
    assert_eq!(back.diff_pixels, there.diff_pixels);
}

#[test]
fn rows_that_move_within_a_picture_of_one_size_are_told() {
    let was = page(400, 2);
    let mut is = with_block(&was, 120, 9);
    is.truncate(400 * WIDTH);
    let alignment = found(&was, &is).alignment.unwrap();
    assert_eq!(alignment.blocks, [rows(RowChange::Inserted, 120, 9), rows(RowChange::Removed, 391, 9)]);
    assert_eq!(alignment.diff_pixels, 0);
}

#[test]
fn where_no_row_moved_nothing_is_told() {
    let was = page(400, 3);
    let mut is = was.clone();
    dot(&mut is, 30, 200);
    assert_eq!(found(&was, &is).alignment, None, "a small change");
    assert_eq!(found(&was, &page(400, 4)).alignment, None, "another page");
    assert_eq!(found(&was, &page(460, 4)).alignment, None, "another page of another size");
    let wider = compare(
        picture(&was),
        Picture::from_rgba(Size { width: 91, height: 9 }, &[0; 91 * 9 * 4]).unwrap(),
        &Options::default(),
    );
    assert_eq!(wider.unwrap().comparison().alignment, None, "another width");
}

#[test]
fn what_is_ignored_stays_so_wherever_it_moved() {
    let was = page(200, 5);
    let mut is = with_block(&was, 50, 30);
    dot(&mut is, 40, 150);
    let compared = |ignored: &[Rect]| {
        let outcome = compare_png_outside(&png(&was), &png(&is), &Options::default(), ignored).unwrap();
        outcome.into_comparison().alignment.unwrap().diff_pixels
    };
    assert!(compared(&[]) > 0);
    assert_eq!(compared(&[Rect { x: 40, y: 150, w: 4, h: 4 }]), 0, "where it is now");
    assert_eq!(compared(&[Rect { x: 40, y: 120, w: 4, h: 4 }]), 0, "where it was");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_block_anywhere_is_told(height in 60usize..300, y in 0usize..300, block in 1usize..60, seed in any::<u64>()) {
        let was = page(height, seed);
        let is = with_block(&was, y.min(height), block);
        let comparison = found(&was, &is);
        let alignment = comparison.alignment.unwrap();
        prop_assert_eq!(alignment.diff_pixels, 0);
        let told: u32 = alignment.blocks.iter().map(|b| b.rows).sum();
        prop_assert_eq!(told as usize, block);
        prop_assert!(alignment.blocks.iter().all(|b| b.change == RowChange::Inserted));
    }

    /// It never makes more of a difference than there is.
    #[test]
    fn it_only_takes_away(a in 1usize..120, b in 1usize..120, seed in any::<u64>(), other in any::<u64>()) {
        let found = found(&page(a, seed), &page(b, other));
        if let Some(alignment) = &found.alignment {
            prop_assert!(alignment.diff_pixels <= found.diff_pixels);
            let change = |kind| alignment.blocks.iter().filter(|b| b.change == kind).map(|b| i64::from(b.rows)).sum::<i64>();
            prop_assert_eq!(change(RowChange::Inserted) - change(RowChange::Removed), b as i64 - a as i64);
        }
    }
}
