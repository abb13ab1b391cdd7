//! One picture of the page as it is now, however tall it is.
//!
//! A browser paints into textures, and those end: beyond some height a picture taken at once is blank or takes memory by
//! the gigabyte, without a word. So a tall page is pictured in tiles, which are put together to one file. Tiles begin at
//! whole picture pixels, so that no row is painted twice or by halves, and what is fixed to the window stands in the first
//! one alone, as it does on a picture taken at once.

use std::io::{Cursor, Write};

use super::{PictureRequest, bad_picture, pixels};
use crate::{
    CaptureError,
    line::{Clip, Line},
    settle::Look,
};

/// The rows of the largest texture that every machine has; a taller page is pictured in tiles.
const TEXTURE: u64 = 16_384;
/// The most rows of a tile: few enough to be painted soon, and in little memory, on a busy machine too.
const TILE: f64 = 4_000.0;

/// Pictures the page as it is now.
pub(super) async fn shoot(line: &Line, request: &PictureRequest, look: &Look) -> Result<Vec<u8>, CaptureError> {
    let fits = look.height <= TEXTURE;
    let (left, top, width, height) = match look.part {
        None if fits || !request.target.is_of_page() => return line.capture(request.target.is_of_page(), None).await,
        None => {
            let (width, height) = line.page_size().await?;
            (0.0, 0.0, width, height)
        }
        Some(part) => {
            let css = |length: u32| f64::from(length) / look.scale;
            (css(part.x), css(part.y), css(part.w), css(part.h))
        }
    };
    let mut tiles = Vec::new();
    let tops = if fits { vec![(0.0, height)] } else { tops(height, look.scale) };
    for (below, height) in tops {
        tiles.push(line.capture(true, Some(Clip { left, top: top + below, width, height })).await?);
    }
    match <[Vec<u8>; 1]>::try_from(tiles) {
        Ok([whole]) => Ok(whole),
        Err(tiles) => stitched(&tiles).map_err(|why| bad_picture(request, why)),
    }
}

/// Where the tiles of a page begin and how tall they are, in CSS pixels.
fn tops(page: f64, scale: f64) -> Vec<(f64, f64)> {
    let most = (TILE / scale).floor().max(1.0);
    // The tallest tile that ends between two rows of the picture; a scale for which none does has no whole rows.
    let whole = |height: &f64| (height * scale - (height * scale).round()).abs() < 1e-6;
    let tile = (0..1000).map(|less| most - f64::from(less)).take_while(|height| *height >= 1.0).find(whole);
    let tile = tile.unwrap_or(most);
    let mut tops = Vec::new();
    let mut top = 0.0;
    while top < page {
        tops.push((top, tile.min(page - top)));
        top += tile;
    }
    tops
}

/// The tiles as one picture, one below the other.
fn stitched(tiles: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let sizes = tiles.iter().map(|tile| pixels::size(tile)).collect::<Result<Vec<_>, _>>()?;
    let width = sizes.first().ok_or("it has no tiles")?.width;
    if let Some(other) = sizes.iter().find(|size| size.width != width) {
        return Err(format!("one tile is {width} pixels wide and another {}", other.width));
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, sizes.iter().map(|size| size.height).sum());
    let colour = colour(&tiles[0])?;
    encoder.set_color(colour);
    encoder.set_compression(png::Compression::Fast);
    let said = |error: png::EncodingError| error.to_string();
    let mut writer = encoder.write_header().map_err(said)?;
    let mut rows = writer.stream_writer().map_err(said)?;
    for tile in tiles {
        let mut reader = png::Decoder::new(Cursor::new(tile)).read_info().map_err(|e| e.to_string())?;
        if reader.output_color_type() != (colour, png::BitDepth::Eight) {
            return Err("its tiles have colours of different kinds".into());
        }
        while let Some(row) = reader.next_row().map_err(|e| e.to_string())? {
            rows.write_all(row.data()).map_err(|e| e.to_string())?;
        }
    }
    rows.finish().map_err(said)?;
    writer.finish().map_err(said)?;
    Ok(file)
}

fn colour(tile: &[u8]) -> Result<png::ColorType, String> {
    let reader = png::Decoder::new(Cursor::new(tile)).read_info().map_err(|e| e.to_string())?;
    Ok(reader.output_color_type().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_begin_at_whole_rows_and_leave_none_out() {
        for (page, scale, first) in
            [(20_000.0, 1.0, 4_000.0), (30_001.0, 2.75, 1_452.0), (9_000.0, 2.625, 1_520.0), (50_000.5, 1.5, 2_666.0)]
        {
            let tops = tops(page, scale);
            assert_eq!(tops[0], (0.0, first), "{scale}");
            for pair in tops.windows(2) {
                assert_eq!(pair[0].0 + pair[0].1, pair[1].0, "{scale}");
                assert!((pair[1].0 * scale).fract().abs() < 1e-6 && pair[0].1 * scale <= TILE, "{scale}: {pair:?}");
            }
            let (top, height) = tops[tops.len() - 1];
            assert!(height > 0.0);
            assert_eq!(top + height, page);
        }
        // No tile of this scale ends between two rows.
        assert_eq!(tops(10.0, std::f64::consts::PI).len(), 1);
    }

    fn tile(colour: png::ColorType, width: u32, height: u32, first: u8) -> Vec<u8> {
        let samples = colour.samples() as u32;
        let rows = (0..height).flat_map(|y| std::iter::repeat_n(first + y as u8, (width * samples) as usize));
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(&rows.collect::<Vec<_>>()).unwrap();
        file
    }

    #[test]
    fn tiles_become_one_picture() {
        use png::ColorType::{Rgb, Rgba};
        let whole = stitched(&[tile(Rgb, 4, 3, 0), tile(Rgb, 4, 2, 3)]).unwrap();
        assert_eq!(pixels::difference(&whole, &tile(Rgb, 4, 5, 0), &[]), Ok(pixels::Difference::None));
        for other in [tile(Rgb, 5, 3, 0), tile(Rgba, 4, 3, 0), b"none".to_vec()] {
            assert!(stitched(&[tile(Rgb, 4, 3, 0), other]).is_err());
        }
        assert!(stitched(&[]).is_err());
    }
}
