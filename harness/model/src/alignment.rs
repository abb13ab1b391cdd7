//! What is left of a difference once rows that only one picture has are taken out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which picture has the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChange {
    /// The new one.
    Inserted,
    /// The baseline.
    Removed,
}

/// Rows that only one of two pictures has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowBlock {
    /// Which picture has them.
    pub change: RowChange,
    /// The first of them, in the picture that has them.
    pub y: u32,
    /// How many they are.
    pub rows: u32,
}

/// Two pictures laid upon each other row by row, so that what only moved down or up lies on itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alignment {
    /// The rows that only one picture has, from above to below; never none.
    pub blocks: Vec<RowBlock>,
    /// Pixels that differ in the rows that both have.
    pub diff_pixels: u64,
}

/// Blocks that are told one by one.
const BLOCKS_TOLD: usize = 3;

/// `40 rows inserted at y = 430, 2 removed at y = 900; else 17 pixels differ`
impl fmt::Display for Alignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, block) in self.blocks.iter().take(BLOCKS_TOLD).enumerate() {
            let noun = match (at, block.rows) {
                (0, 1) => " row",
                (0, _) => " rows",
                _ => "",
            };
            let change = match block.change {
                RowChange::Inserted => "inserted",
                RowChange::Removed => "removed",
            };
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{}{noun} {change} at y = {}", block.rows, block.y)?;
        }
        if let Some(more @ 1..) = self.blocks.len().checked_sub(BLOCKS_TOLD) {
            write!(f, " and so on at {more} more {}", if more == 1 { "place" } else { "places" })?;
        }
        match self.diff_pixels {
            0 => f.write_str("; else no pixel differs"),
            1 => f.write_str("; else 1 pixel differs"),
            pixels => write!(f, "; else {pixels} pixels differ"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_blocks_are_told_with_their_places() {
        use RowChange::{Inserted, Removed};
        let told = |blocks: &[(RowChange, u32, u32)], diff_pixels| {
            let block = |&(change, y, rows)| RowBlock { change, y, rows };
            Alignment { blocks: blocks.iter().map(block).collect(), diff_pixels }.to_string()
        };
        assert_eq!(told(&[(Inserted, 430, 40)], 0), "40 rows inserted at y = 430; else no pixel differs");
        assert_eq!(
            told(&[(Removed, 9, 1), (Inserted, 90, 1)], 1),
            "1 row removed at y = 9, 1 inserted at y = 90; else 1 pixel differs"
        );
        assert_eq!(
            told(&[(Inserted, 1, 5), (Inserted, 20, 6), (Removed, 40, 7), (Removed, 60, 8)], 3),
            "5 rows inserted at y = 1, 6 inserted at y = 20, 7 removed at y = 40 and so on at 1 more place; else 3 pixels \
             differ"
        );
    }
}
