//! `visual diff`: every verdict, every kind of file, every way to fail.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    png_files::{self as files, Rgb},
    told, visual,
};

const WHITE: Rgb = [255; 3];
const BLACK: Rgb = [0; 3];

/// Two files in a folder of their own.
struct Pair(TempDir);

impl Pair {
    fn of(expected: impl AsRef<[u8]>, actual: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), expected).unwrap();
        fs::write(folder.path().join("b.png"), actual).unwrap();
        Self(folder)
    }

    fn diff(&self, more: &[&str]) -> (i32, String, String) {
        told(&visual(self.0.path(), &[&["diff", "a.png", "b.png"], more].concat()).output().unwrap())
    }

    /// Exit code, verdict, differing pixels.
    fn found(&self, more: &[&str]) -> (i32, String, u64) {
        let (code, out, err) = self.diff(&[&["--json"], more].concat());
        let found: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code} {out} {err}"));
        (code, found["verdict"].as_str().unwrap().to_owned(), found["diff_pixels"].as_u64().unwrap())
    }

    fn fails_with(&self, code: i32, part: &str) {
        let (ended, out, err) = self.diff(&["--out", "d.png"]);
        assert_eq!((ended, out.as_str()), (code, ""), "{err}");
        assert!(err.contains(part), "{err}");
        assert!(!self.0.path().join("d.png").exists());
    }
}

fn flat(width: u32, height: u32, colour: Rgb) -> Vec<u8> {
    files::rgb(width, height, |_, _| colour)
}

/// White, with a black box of this width and height at 10,10.
fn boxed(w: u32, h: u32) -> Vec<u8> {
    files::rgb(200, 100, |x, y| if (10..10 + w).contains(&x) && (10..10 + h).contains(&y) { BLACK } else { WHITE })
}

#[test]
fn each_verdict_has_its_exit_code() {
    for (actual, code, verdict, pixels) in [
        (boxed(0, 0), 0, "identical", 0),
        (boxed(5, 2), 0, "passed", 10),
        (boxed(6, 6), 0, "passed_with_change", 36),
        (boxed(20, 20), 1, "changed", 400),
        (flat(200, 101, WHITE), 2, "size_changed", 200),
    ] {
        assert_eq!(Pair::of(boxed(0, 0), actual).found(&[]), (code, verdict.to_owned(), pixels));
    }
}

#[test]
fn the_result_is_one_line_of_json_or_a_sentence() {
    let pair = Pair::of(boxed(0, 0), boxed(20, 20));
    let (_, out, _) = pair.diff(&["--json"]);
    let region = json!({"x": 10, "y": 10, "w": 20, "h": 20, "pixels": 400});
    let expected = json!({"verdict": "changed", "diff_pixels": 400, "ratio": 0.02, "regions": [region]});
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), expected);
    assert_eq!(out.lines().count(), 1);
    let (_, out, _) = pair.diff(&[]);
    assert_eq!(out, "changed: 400 pixels (2.00000 %) differ in one region of 20×20 at 10,10\n");
    let (_, out, _) = Pair::of(boxed(0, 0), flat(200, 101, WHITE)).diff(&[]);
    assert!(
        out.starts_with(
            "size_changed: the expected picture is 200×100, the actual one 200×101; 1 row inserted at y = 100; else no \
             pixel differs; place by place 200 pixels"
        ),
        "{out}"
    );
    let (_, out, _) = Pair::of(boxed(0, 0), flat(200, 101, WHITE)).diff(&["--json"]);
    let alignment = json!({"blocks": [{"change": "inserted", "y": 100, "rows": 1}], "diff_pixels": 0});
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["alignment"], alignment);
}

#[test]
fn the_threshold_decides_which_colours_are_equal() {
    let rounded = Pair::of(flat(20, 20, [100; 3]), flat(20, 20, [102; 3]));
    assert_eq!(rounded.found(&[]), (0, "passed".to_owned(), 0));
    let pair = Pair::of(flat(20, 20, [100; 3]), flat(20, 20, [105; 3]));
    // No pixel differs, but an area has another shade.
    assert_eq!(pair.found(&[]), (0, "passed_with_change".to_owned(), 0));
    let (_, out, _) = pair.diff(&["--json"]);
    assert!(out.contains(r#""regions":[{"x":0,"y":0,"w":20,"h":20,"pixels":400,"faint":true}]"#), "{out}");
    assert_eq!(pair.found(&["--threshold", "0"]), (1, "changed".to_owned(), 400));
    for bad in ["1.1", "-0.1", "NaN", "much"] {
        let (code, _, err) = pair.diff(&[&format!("--threshold={bad}")]);
        assert_eq!(code, 3, "{err}");
        assert!(err.contains("expected a number from 0 to 1"), "{err}");
    }
}

#[test]
fn the_difference_is_drawn_when_there_is_one() {
    let pair = Pair::of(boxed(0, 0), boxed(20, 20));
    let (code, _, err) = pair.diff(&["--out", "d.png"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let drawn = fs::read(pair.0.path().join("d.png")).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(drawn));
    reader.set_transformations(png::Transformations::EXPAND);
    let mut reader = reader.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut samples).unwrap();
    assert_eq!(samples[(15 * 200 + 15) * 3..][..3], [255, 0, 0]);
    assert_eq!(fs::read_dir(pair.0.path()).unwrap().count(), 3, "nothing half-written is left");

    let same = Pair::of(boxed(0, 0), boxed(0, 0));
    let (code, _, err) = same.diff(&["--out", "d.png"]);
    assert_eq!(code, 0);
    assert_eq!(err, "every pixel is equal, so d.png is not written\n");
    assert!(!same.0.path().join("d.png").exists());
}

#[test]
fn no_picture_is_replaced_by_its_own_difference() {
    let pair = Pair::of(boxed(0, 0), boxed(20, 20));
    let (code, _, err) = pair.diff(&["--out", "./b.png"]);
    assert_eq!(code, 3, "{err}");
    assert_eq!(fs::read(pair.0.path().join("b.png")).unwrap(), boxed(20, 20));
    let (code, _, err) = pair.diff(&["--out", "nowhere/d.png"]);
    assert_eq!(code, 6, "{err}");
    assert!(err.contains("cannot write nowhere/d.png"), "{err}");
}

#[test]
fn every_kind_of_png_is_the_picture_it_shows() {
    let paint = |x: u32, y: u32| if (x / 3 + y / 5).is_multiple_of(2) { [10, 20, 30] } else { [200, 150, 90] };
    let plain = files::rgb(37, 29, paint);
    let changed = files::rgb(37, 29, |x, y| if y < 5 { [0, 200, 0] } else { paint(x, y) });
    for (kind, file) in [
        ("interlaced", files::interlaced(37, 29, paint)),
        ("16-bit", files::sixteen_bit(37, 29, paint)),
        ("palette", files::palette(37, 29, [[10, 20, 30], [200, 150, 90]], |x, y| !(x / 3 + y / 5).is_multiple_of(2))),
    ] {
        let same = Pair::of(&plain, &file).found(&["--threshold", "0"]);
        assert_eq!(same, (0, "identical".to_owned(), 0), "{kind}");
        assert_eq!(Pair::of(&file, &changed).found(&[]).1, "changed", "{kind}");
    }
}

#[test]
fn a_picture_of_twenty_thousand_rows_is_compared() {
    let tall = |changed: u32| {
        files::rgb(40, 20_000, |_, y| if (y / 7).is_multiple_of(2) || y == changed { WHITE } else { BLACK })
    };
    let (code, verdict, pixels) = Pair::of(tall(0), tall(19_990)).found(&[]);
    assert_eq!((code, verdict.as_str(), pixels), (0, "passed_with_change", 40));
}

#[test]
fn what_is_no_picture_is_named_with_its_side() {
    let good = boxed(0, 0);
    let half = &good[..good.len() / 2];
    let mut damaged = good.clone();
    damaged[60] ^= 0xff;
    let still = flat(8, 8, WHITE);
    for (expected, actual, part) in [
        (&good[..], half, "the actual picture is cut off"),
        (half, &good[..], "the expected picture is cut off"),
        (&good[..], &damaged[..], "the actual picture is no sound PNG"),
        (&good[..], b"", "the actual picture is cut off: 0 bytes"),
        (&good[..], b"version https://git-lfs.github.com/spec/v1", "the actual picture is no sound PNG"),
        (&good[..], &files::assembled(9, 0, 0, &[]), "the actual picture is no sound PNG"),
        (
            &good[..],
            &files::assembled(100_000, 100_000, 0, &[]),
            "the actual picture is 100000×100000; pictures of more",
        ),
        (&still[..], &files::animated(8, 8, [WHITE, BLACK]), "the actual picture is animated; of its 2 frames"),
    ] {
        let pair = Pair::of(expected, actual);
        pair.fails_with(5, part);
        pair.fails_with(5, "expected is a.png\nactual   is b.png");
    }
}

#[test]
fn equal_animations_are_equal() {
    let moving = files::animated(8, 8, [WHITE, BLACK]);
    assert_eq!(Pair::of(&moving, &moving).found(&[]), (0, "identical".to_owned(), 0));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let pair = Pair::of(boxed(0, 0), boxed(0, 0));
    fs::remove_file(pair.0.path().join("b.png")).unwrap();
    pair.fails_with(4, "cannot read b.png: ");
    fs::create_dir(pair.0.path().join("b.png")).unwrap();
    pair.fails_with(4, "cannot read b.png: ");
    fs::remove_dir(pair.0.path().join("b.png")).unwrap();
    // Three gigabytes that take no room on the disk and are never read.
    fs::File::create(pair.0.path().join("b.png")).unwrap().set_len(3 << 30).unwrap();
    pair.fails_with(5, "b.png has 3221225472 bytes, more than any picture");
}

#[test]
fn wrong_arguments_are_never_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["diff"][..], &["diff", "a.png"], &["diff", "a", "b", "--colour"], &[], &["dif", "a", "b"]] {
        let (code, _, err) = told(&visual(folder.path(), words).output().unwrap());
        assert_eq!(code, 3, "{words:?}: {err}");
    }
    let (code, out, _) = told(&visual(folder.path(), &["diff", "--help"]).output().unwrap());
    assert_eq!(code, 0);
    assert!(out.contains("Exit codes:") && out.contains("size_changed"), "{out}");
}
