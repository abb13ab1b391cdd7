//! The comparison itself: from two files to numbers and masks.

use harness_model::{Comparison, Rect, Size};

use crate::{
    CompareError, Options, Picture, Side,
    align::{self, Aligned},
    engine::{Engine, Found},
    mask::Mask,
    packed::Packed,
    picture, regions,
    row_keys::Samples,
    rows::{Source, Unreadable},
    stream,
};

/// What was found when two pictures were compared, and what is needed to draw it.
#[derive(Debug, Clone)]
pub struct Outcome {
    comparison: Comparison,
    pub(crate) options: Options,
    /// Absent when every pixel is equal.
    pub(crate) kept: Option<Kept>,
}

/// The pictures, which were read once without fault, and the masks, as large as both pictures laid over each other.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) expected: Source,
    pub(crate) actual: Source,
    pub(crate) differing: Mask,
    pub(crate) excused: Mask,
    /// Areas that changed by less than the threshold.
    pub(crate) faint: Option<Mask>,
    /// Boxes in which nothing counts.
    pub(crate) ignored: Vec<Rect>,
    /// The same by rows, where that explains most of it.
    pub(crate) aligned: Option<Aligned>,
}

impl Outcome {
    /// The numbers.
    #[must_use]
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// The numbers, when the rest is not needed any more.
    #[must_use]
    pub fn into_comparison(self) -> Comparison {
        self.comparison
    }

    fn identical(size: Size, options: &Options) -> Self {
        Self { comparison: Comparison::identical(size), options: *options, kept: None }
    }
}

/// Compares two PNG files.
///
/// Equal bytes are equal pictures: then only the header is read, for the size.
///
/// # Errors
/// When one of the files is no whole and sound PNG of bearable size, or the threshold is out of range.
pub fn compare_png(expected: &[u8], actual: &[u8], options: &Options) -> Result<Outcome, CompareError> {
    compare_png_outside(expected, actual, options, &[])
}

/// Compares two PNG files but for what lies in the `ignored` boxes: whatever is there, it does not differ. Pictures that
/// differ only there are not told to be equal.
///
/// # Errors
/// As [`compare_png`].
pub fn compare_png_outside(
    expected: &[u8],
    actual: &[u8],
    options: &Options,
    ignored: &[Rect],
) -> Result<Outcome, CompareError> {
    let limit = options.limit()?;
    if expected == actual {
        return Ok(Outcome::identical(picture::size_of(Side::Expected, expected)?, options));
    }
    if let (Some(was), Some(is)) = (Packed::open(expected), Packed::open(actual))
        && let Ok(outcome) = judge(Source::Packed(was), Source::Packed(is), limit, options, ignored)
    {
        return Ok(outcome);
    }
    let expected = Picture::decode(Side::Expected, expected)?;
    let actual = Picture::decode(Side::Actual, actual)?;
    let (was, is) = (Source::Picture(expected), Source::Picture(actual));
    Ok(judge(was, is, limit, options, ignored).expect("a decoded picture can be read"))
}

/// Compares two decoded pictures.
///
/// Pictures of different sizes are compared where they overlap, from the upper left corner; pixels that only one of
/// them has count as differing.
///
/// # Errors
/// When the threshold is out of range.
pub fn compare(expected: Picture, actual: Picture, options: &Options) -> Result<Outcome, CompareError> {
    let (was, is) = (Source::Picture(expected), Source::Picture(actual));
    Ok(judge(was, is, options.limit()?, options, &[]).expect("a decoded picture can be read"))
}

fn judge(
    mut expected: Source,
    mut actual: Source,
    limit: f64,
    options: &Options,
    ignored: &[Rect],
) -> Result<Outcome, Unreadable> {
    let sizes = [expected.size(), actual.size()];
    let mut engine = Engine::new(limit, options.antialiasing);
    let mut samples = Samples::default();
    let found = stream::find(&expected, &actual, &mut engine, &mut samples)?;
    let Found { mut differing, mut excused, faint } = match found {
        None if sizes[0] == sizes[1] => return Ok(Outcome::identical(sizes[0], options)),
        Some(found) if sizes[0] == sizes[1] => found,
        found => spread(found, sizes),
    };
    for area in ignored {
        differing.clear(*area);
        excused.clear(*area);
    }
    let diff_pixels = differing.count();
    let (mut alignment, mut aligned) = (None, None);
    if may_align(&expected, &actual, &differing, &samples) {
        let (was, is) = (expected.to_picture()?, actual.to_picture()?);
        let in_place = diff_pixels - alone(&differing, sizes);
        (alignment, aligned) = align::align(&was, &is, in_place, ignored, &mut engine).unzip();
        // What is drawn next needs them unpacked as well.
        (expected, actual) = (Source::Picture(was), Source::Picture(is));
    }
    let mut regions = regions::of(&differing);
    // Where rows lie upon others than their own, everything differs a little.
    let in_place = alignment.is_none() && sizes[0] == sizes[1];
    let areas = if in_place { faint.areas(&mut expected, &mut actual, &mut engine, ignored)? } else { None };
    let (faint, faint_regions) = areas.unzip();
    regions.extend(faint_regions.into_iter().flatten());
    let comparison = Comparison {
        expected: sizes[0],
        actual: sizes[1],
        diff_pixels,
        equal: false,
        ratio: share(diff_pixels, sizes),
        regions,
        alignment,
        similarity: None,
    };
    Ok(Outcome {
        comparison,
        options: *options,
        kept: Some(Kept { expected, actual, differing, excused, faint, ignored: ignored.to_vec(), aligned }),
    })
}

/// Whether it is worth while to compare row by row, too.
fn may_align(expected: &Source, actual: &Source, differing: &Mask, samples: &Samples) -> bool {
    if expected.size() != actual.size() {
        return expected.size().width == actual.size().width;
    }
    match (expected, actual) {
        (Source::Picture(was), Source::Picture(is)) => {
            align::is_likely(&align::samples(&was.grid(), &is.grid(), differing), differing)
        }
        _ => align::is_likely(samples, differing),
    }
}

/// Of the pixels that differ, those that only one picture has.
pub(crate) fn alone(differing: &Mask, sizes: [Size; 2]) -> u64 {
    let common = common_size(sizes[0], sizes[1]);
    let mut alone = differing.clone();
    alone.clear(Rect { x: 0, y: 0, w: common.width, h: common.height });
    alone.count()
}

/// The part that both pictures have.
pub(crate) fn common_size(a: Size, b: Size) -> Size {
    Size { width: a.width.min(b.width), height: a.height.min(b.height) }
}

/// The share of the larger picture. Where one picture is wider and the other higher, more pixels can differ than either
/// has; the share then stays at one.
fn share(pixels: u64, sizes: [Size; 2]) -> f64 {
    let area = sizes[0].pixels().max(sizes[1].pixels());
    (pixels as f64 / area as f64).min(1.0)
}

/// What was found, as large as both pictures laid over each other, with every pixel that only one picture has differing.
fn spread(found: Option<Found>, sizes: [Size; 2]) -> Found {
    let width = sizes[0].width.max(sizes[1].width) as usize;
    let height = sizes[0].height.max(sizes[1].height) as usize;
    let mut spread = match found {
        None => Found::nothing(width, height),
        Some(found) => {
            let (differing, excused) = (found.differing.grown_to(width, height), found.excused.grown_to(width, height));
            Found { differing, excused, ..found }
        }
    };
    for y in 0..height {
        let [was, is] = sizes.map(|size| if y < size.height as usize { size.width as usize } else { 0 });
        for x in was.min(is)..was.max(is) {
            spread.differing.set(x, y);
        }
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, grey: u8) -> Picture {
        let size = Size { width, height };
        let rgba: Vec<u8> = [grey, grey, grey, 255].repeat(size.pixels() as usize);
        Picture::from_rgba(size, &rgba).unwrap()
    }

    type Boxes = Vec<(u32, u32, u32, u32, u64)>;

    fn numbers(expected: Picture, actual: Picture) -> (u64, f64, Boxes) {
        let found = compare(expected, actual, &Options::default()).unwrap().into_comparison();
        (found.diff_pixels, found.ratio, found.regions.iter().map(|r| (r.x, r.y, r.w, r.h, r.pixels)).collect())
    }

    #[test]
    fn what_is_ignored_does_not_count_at_any_threshold() {
        let png = |boxes: &[(u32, u32, u8)]| {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 40, 40);
            encoder.set_color(png::ColorType::Grayscale);
            let at = |x: u32, y: u32| {
                let inside = boxes.iter().find(|b| (b.0..b.0 + 8).contains(&x) && (b.1..b.1 + 8).contains(&y));
                inside.map_or(255, |b| b.2)
            };
            let samples: Vec<u8> = (0..1600).map(|i| at(i % 40, i / 40)).collect();
            encoder.write_header().unwrap().write_image_data(&samples).unwrap();
            file
        };
        let ignored = [Rect { x: 4, y: 4, w: 8, h: 8 }];
        let find = |actual: &[u8]| compare_png_outside(&png(&[]), actual, &Options::default(), &ignored).unwrap();
        let within = find(&png(&[(4, 4, 0)]));
        assert_eq!((within.comparison().diff_pixels, within.comparison().equal), (0, false));
        assert!(crate::sweep(&within).iter().all(|step| step.pixels == 0));
        let beside = find(&png(&[(4, 4, 0), (20, 20, 0)]));
        assert_eq!((beside.comparison().diff_pixels, beside.comparison().regions.len()), (64, 1));
        assert!(crate::sweep(&beside).iter().all(|step| step.pixels == 64));
        assert!(find(&png(&[])).comparison().equal);
    }

    #[test]
    fn rows_that_only_one_picture_has_differ() {
        let expected = (20, 20.0 / 120.0, vec![(0, 10, 10, 2, 20)]);
        assert_eq!(numbers(flat(10, 10, 9), flat(10, 12, 9)), expected);
        assert_eq!(numbers(flat(10, 12, 9), flat(10, 10, 9)), expected);
    }

    #[test]
    fn a_corner_that_neither_picture_has_does_not_count() {
        let (pixels, ratio, regions) = numbers(flat(100, 2, 9), flat(2, 100, 9));
        assert_eq!((pixels, ratio), (98 * 2 * 2, 1.0), "{regions:?}");
        assert_eq!(regions.iter().map(|r| r.4).sum::<u64>(), pixels);
    }

    #[test]
    fn the_common_part_is_compared_too() {
        let (pixels, _, _) = numbers(flat(10, 10, 0), flat(10, 11, 255));
        assert_eq!(pixels, 110);
    }

    #[test]
    fn equal_bytes_end_before_anything_is_decoded() {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 4, 4);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&[5; 48]).unwrap();
        let damaged = &file[..file.len() - 14];
        let outcome = compare_png(damaged, damaged, &Options::default()).unwrap();
        assert_eq!(*outcome.comparison(), Comparison::identical(Size { width: 4, height: 4 }));
        assert!(matches!(compare_png(b"x", b"x", &Options::default()), Err(CompareError::Truncated { .. })));
        let error = compare_png(&file, damaged, &Options::default()).unwrap_err();
        assert!(error.to_string().starts_with("the actual picture is cut off"), "{error}");
        let error = compare_png(damaged, &file, &Options::default()).unwrap_err();
        assert!(error.to_string().starts_with("the expected picture is cut off"), "{error}");
    }
}
