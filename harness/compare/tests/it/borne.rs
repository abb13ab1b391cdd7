//! What has to hold of any bytes given as pictures. The fuzz targets hold it, too.

use harness_compare::{Options, Picture, Side, compare, compare_png, compare_png_outside, diff_picture, sweep};
use harness_model::Rect;

/// There is a comparison or an error, and what can be compared can be drawn and told; however the files are read, the same
/// is found.
pub(crate) fn is_borne(expected: &[u8], actual: &[u8]) {
    let options = Options::default();
    let Ok(outcome) = compare_png(expected, actual, &options) else { return };
    let found = outcome.comparison();
    assert_eq!(diff_picture(&outcome).is_none(), found.equal);
    assert!(sweep(&outcome).iter().all(|step| step.pixels <= found.expected.pixels() + found.actual.pixels()));
    let ignored = [Rect { x: 3, y: 3, w: 9, h: u32::MAX }];
    let outside = compare_png_outside(expected, actual, &options, &ignored).expect("it was compared before");
    assert!(outside.comparison().diff_pixels <= found.diff_pixels);
    // The decoder is stricter than what reads a plain file row by row.
    if let (Ok(was), Ok(is)) = (Picture::decode(Side::Expected, expected), Picture::decode(Side::Actual, actual)) {
        let decoded = compare(was, is, &options).expect("the options are sound");
        assert_eq!(decoded.comparison(), found);
    }
}

/// A file with check sums that hold, so that damage is met further inside.
pub(crate) fn mended(file: &[u8]) -> Vec<u8> {
    let Some((head, mut rest)) = file.split_at_checked(8) else { return file.to_vec() };
    let mut mended = head.to_vec();
    while let Some(length) = rest.first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((part, after)) = rest.split_at_checked(length.saturating_add(12)) else { break };
        mended.extend_from_slice(&part[..length + 8]);
        mended.extend(crc32fast::hash(&part[4..length + 8]).to_be_bytes());
        rest = after;
    }
    mended.extend_from_slice(rest);
    mended
}
