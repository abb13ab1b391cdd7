//! What a page may show of the machine, the moment and the user's hand, and does not.

use harness_capture::{Action, PictureRequest};
use harness_model::Viewport;

use crate::{
    Pixels, looking_through, settled,
    site::{Site, html, square},
};

const RED: [u8; 3] = [255, 0, 0];

#[tokio::test]
async fn neither_caret_nor_spelling_marks_are_drawn() {
    // The page itself asks for loud ones. Whether a machine has a dictionary is its own affair: the style is asked.
    let site = Site::of(
        "<style>textarea { caret-color: #f00; caret-shape: block } ::spelling-error, ::grammar-error { \
         text-decoration: underline 9px #f00 }</style><textarea autofocus spellcheck=true lang=de>Fehlre üebr Fehlre</textarea>
         <p id=p><script>addEventListener('load', () => {
           const field = document.querySelector('textarea');
           field.focus();
           (function tell() {
             const lines = ['::spelling-error', '::grammar-error'].map((mark) => getComputedStyle(field, mark).textDecorationLine);
             p.style.cssText = `width: 40px; height: 40px; background: ${lines.every((line) => line === 'none') ? '#0f0' : '#f00'}`;
             requestAnimationFrame(tell);
           })();
         })</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    let pixels = Pixels::of(&picture);
    assert_eq!((pixels.count(RED), pixels.count([0, 255, 0])), (0, 1600));
}

#[tokio::test]
async fn scroll_bars_take_no_room_and_no_pointer_hovers() {
    let site = Site::of(
        "<!doctype html><style>body { margin: 0; height: 3000px } div { width: 200px; height: 100px; overflow: scroll; scrollbar-color: #f00 #f00 }
         :hover { background: #f00 !important } p { height: 500px } button { margin-top: 1500px }</style>
         <div><p></p></div><button>hier</button><script>
         const box = document.querySelector('div');
         document.querySelector('button').onclick = () => { box.textContent = `${box.offsetWidth - box.clientWidth} ${innerWidth - document.documentElement.clientWidth}`;
           box.style.background = box.textContent === '0 0' ? '#0f0' : '#00f'; };</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let actions = vec![Action::Click("button".into())];
    let picture = settled(&mut browser, &PictureRequest { actions, ..PictureRequest::new(site.url("/")) }).await;
    let pixels = Pixels::of(&picture);
    assert_eq!(pixels.count(RED), 0);
    assert!(pixels.count([0, 255, 0]) > 19_000, "no room is taken");
}

#[tokio::test]
async fn lazy_images_are_loaded_and_the_page_never_moves() {
    let site = Site::serving(|path| match path {
        "/" => html(
            "<!doctype html><body style='margin: 0'><p id=p style='width: 20px; height: 20px; background: #0f0'>
             <script>for (const name of ['scroll', 'resize']) addEventListener(name, ({ target }) => {
               p.style.background = '#f00';
               console.error(`${name} of ${target === window ? 'window' : target.nodeName}, ${innerWidth}×${innerHeight}, at ${scrollX},${scrollY}`);
             }, true)</script>
             <div style='height: 2400px'></div><img loading=lazy src=/far.svg width=40 height=40>",
        ),
        _ => square("#0000ff").after_ms(100),
    })
    .await;
    for viewport in [Viewport::desktop(), Viewport::mobile()] {
        let mut browser = looking_through(&viewport).await;
        let picture = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
        let pixels = Pixels::of(&picture);
        let area = |side: f64| (side * viewport.scale * side * viewport.scale) as usize;
        assert!(pixels.count([0, 0, 255]) >= area(40.0) - 300, "the far image is there on {}", viewport.name);
        assert!(pixels.count([0, 255, 0]) >= area(20.0) - 200, "{}: {:?}", viewport.name, picture.errors);
        assert_eq!(pixels.count(RED), 0);
    }
}
