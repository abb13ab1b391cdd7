//! Two decoded pictures compared in this process, beside `memcmp` and beside the peer that is a library.
//!
//! Every engine gets pictures that were copied just before, and the copy is not counted.

use blazediff::{DiffOptions, Image};
use harness_compare::{Options, Picture, compare};
use harness_model::Size;

use crate::{
    Plan,
    encode::Pixels,
    measure::{self, Run, alternating, timed},
    pairs::{self, Base, Change, SIZES},
    report::{Report, Row, Target},
};

const SUBJECT: &str = "in process";
const OURS: &str = "beholder";
const MEMCMP: &str = "memcmp";
const BLAZEDIFF: &str = "blazediff";

pub(crate) fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    for size in SIZES {
        let wanted =
            |change: &Change| plan.wants(&format!("{SUBJECT} {}", pairs::name(size, *change))) && is_compared(*change);
        let changes: Vec<_> = Change::ALL.into_iter().filter(wanted).collect();
        if changes.is_empty() {
            continue;
        }
        let base = Base::draw(size);
        for change in changes {
            let row = pair(plan, size, &base.pixels, change)?;
            eprintln!("{row}");
            report.rows.push(row);
        }
    }
    Ok(())
}

/// Equal files are equal pixels, and the peer takes pictures of one size only.
fn is_compared(change: Change) -> bool {
    !matches!(change, Change::Reencoded | Change::Taller)
}

fn pair(plan: &Plan, size: (usize, usize), base: &Pixels, change: Change) -> anyhow::Result<Row> {
    let (was, is) = (base.rgba(), Base { pixels: base.clone() }.changed(change).rgba());
    let picture = |rgba: &[u8]| {
        let size = Size { width: size.0 as u32, height: size.1 as u32 };
        Picture::from_rgba(size, rgba).expect("the size is that of the pixels")
    };
    let image = |rgba: &[u8]| Image { data: rgba.to_vec(), width: size.0 as u32, height: size.1 as u32 };
    let options = DiffOptions::default();
    let equal: Run<'_> = Box::new(|| {
        let (a, b) = (was.clone(), was.clone());
        Ok(timed(|| a == b))
    });
    let ours: Run<'_> = Box::new(|| {
        let (a, b) = (picture(&was), picture(&is));
        Ok(timed(|| compare(a.clone(), b.clone(), &Options::default())))
    });
    let peer: Run<'_> = Box::new(|| {
        let (a, b) = (image(&was), image(&is));
        Ok(timed(|| blazediff::diff(&a, &b, None, &options)))
    });
    let figures = alternating(plan.rounds, vec![(MEMCMP, equal), (OURS, ours), (BLAZEDIFF, peer)])?;
    let of = |engine| measure::of(&figures, engine).unwrap_or(f64::NAN);
    let mut targets = vec![Target::at_most(of(OURS), of(BLAZEDIFF), "no slower than blazediff")];
    if matches!(change, Change::Same | Change::Caret) {
        targets.push(Target::at_most(of(OURS), 1.3 * of(MEMCMP), "1.3 × memcmp"));
    }
    match (size, change) {
        ((1080, 2000), Change::Block) => targets.push(Target::at_most(of(OURS), 1.0, "1 ms")),
        ((3840, 2160), Change::ShiftX) => targets.push(Target::at_most(of(OURS), 12.0, "12 ms")),
        _ => {}
    }
    Ok(Row { subject: SUBJECT, case: pairs::name(size, change), unit: "ms", figures, targets })
}
