//! Whether the masks of a picture covered what they are for, and which of them are left out of the comparison.

use harness_capture::Mask;
use harness_model::{MaskKind, MaskReport, Rect, Size, covered};

/// What is wrong with the first mask of which something is; `found` tells what came of `asked`, in the same order. A mask
/// that matches nothing hides nothing today and anything tomorrow; one that grows hides what it was not made for.
pub(crate) fn fault(asked: &[Mask], found: &[MaskReport], size: Size) -> Option<String> {
    asked.iter().zip(found).find_map(|(mask, found)| {
        let selector = &mask.selector;
        if found.boxes.is_empty() {
            return (!mask.optional).then(|| {
                format!(
                    "the mask `{selector}` matches nothing that can be seen on this page\n                     help: remove it, correct its selector, or make it optional where only some pages have it"
                )
            });
        }
        let share = covered(&found.boxes) as f64 / size.pixels().max(1) as f64 * 100.0;
        (share > f64::from(mask.limit)).then(|| {
            format!(
                "the mask `{selector}` covers {share:.1} % of the picture; it may cover {} %\n                 help: see in the report what it covers, and let it match less, or allow it more",
                mask.limit
            )
        })
    })
}

/// The boxes in which a picture is not compared.
pub(crate) fn ignored(masks: &[MaskReport]) -> Vec<Rect> {
    let ignored = masks.iter().filter(|mask| mask.kind == MaskKind::Ignored);
    ignored.flat_map(|mask| mask.boxes.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 100, height: 100 };

    fn told(mask: Mask, boxes: &[Rect]) -> Option<String> {
        let report = MaskReport { selector: mask.selector.clone(), kind: mask.kind(), boxes: boxes.to_vec() };
        fault(&[mask], &[report], SIZE)
    }

    #[test]
    fn a_dead_mask_and_a_grown_one_are_named() {
        let half = [Rect { x: 0, y: 0, w: 50, h: 100 }];
        let tenth = [Rect { x: 0, y: 0, w: 10, h: 100 }, Rect { x: 0, y: 0, w: 10, h: 50 }];
        assert_eq!(told(Mask::new(".ad"), &tenth), None);
        assert_eq!(told(Mask::new(".ad").optional(), &[]), None);
        assert_eq!(told(Mask::new(".ad").at_most(50), &half), None);
        let dead = told(Mask::ignoring(".ad"), &[]).unwrap();
        assert!(dead.starts_with("the mask `.ad` matches nothing"), "{dead}");
        let grown = told(Mask::new(".ad").optional(), &half).unwrap();
        assert!(grown.starts_with("the mask `.ad` covers 50.0 % of the picture; it may cover 25 %"), "{grown}");
    }

    #[test]
    fn only_ignored_boxes_are_left_out() {
        let at = |x| Rect { x, y: 0, w: 1, h: 1 };
        let report = |kind, x| MaskReport { selector: String::new(), kind, boxes: vec![at(x)] };
        let masks = [report(MaskKind::Painted, 1), report(MaskKind::Ignored, 2), report(MaskKind::Placeholder, 3)];
        assert_eq!(ignored(&masks), [at(2)]);
    }
}
