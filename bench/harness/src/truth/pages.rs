//! Pages on which much moves, comes late or is drawn by chance, and the config that asks for their pictures.

/// How many there are.
pub(super) const PAGES: usize = 50;

const STYLE: &str = "@font-face { font-family: Own; src: url(/text.woff2); font-weight: 200 800 }
  body { margin: 0; padding: 20px; font: 16px/1.5 Own, sans-serif; background: #f6f7fb; color: #1c2330 }
  .card { padding: 12px; margin: 12px 0; border-radius: 8px; background: #fff; box-shadow: 0 1px 3px #0003 }
  @keyframes turn { to { transform: rotate(360deg) } } @keyframes enter { from { opacity: 0; margin-left: 90px } }
  .turn { width: 40px; height: 40px; background: linear-gradient(teal, gold); animation: turn .8s infinite linear }
  .enter { animation: enter 2s both } .fade { transition: background 2s; background: #fff } .fade.on { background: #cde }
  .window { width: 300px; overflow: hidden } .track { display: flex; transition: transform .3s }
  th { position: sticky; top: 0; background: #def } td, th { padding: 4px 12px }";

/// What each kind of page does besides saying its name.
const KINDS: [&str; 10] = [
    // A clock.
    "<p class=card id=c>…<script>setInterval(() => c.textContent = new Date().toLocaleTimeString(), 20)</script>",
    // Animations, endless and ending, and a transition that begins when all is loaded.
    "<div class=turn></div><p class='card enter'>Enters</p><p class='card fade' id=f>Fades<script>onload = () => f.classList.add('on')</script>",
    // Requests, one after the other.
    "<ul class=card id=l><script>(async () => { for (const n of [1, 2, 3, 4]) { const li = document.createElement('li'); \
     li.textContent = await (await fetch('/data/' + n)).text(); l.append(li) } })()</script>",
    // Images far below, loaded late.
    "<div style='height: 1800px'></div><img loading=lazy src=/a.svg width=300 height=120> <img loading=lazy src=/b.svg width=300 height=120>",
    // A focused field, and a page that scrolls itself.
    "<input class=card autofocus value='Caret'><div style='height: 1200px'></div><script>onload = () => scrollTo(0, 400)</script>",
    // A component and a frame.
    "<x-tip></x-tip><iframe src=/frame width=300 height=90></iframe><script>customElements.define('x-tip', class extends HTMLElement {
     connectedCallback() { this.attachShadow({ mode: 'closed' }).innerHTML = '<p>In the shadow, <i>at ' + new Date().toISOString() + '</i>' } })</script>",
    // Drawn by chance, and moved by SVG.
    "<canvas id=d width=300 height=150></canvas><svg width=90 height=40><rect width=20 height=20 fill=teal><animate attributeName=x \
     values='0;60' dur=.4s repeatCount=indefinite /></rect></svg><script>const g = d.getContext('2d'); for (let n = 0; n < 200; n++) {
     g.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`; g.fillRect(Math.random() * 300, Math.random() * 150, 9, 9) }</script>",
    // A long table with a head that sticks.
    "<table class=card id=t><thead><tr><th>No.<th>Id</thead></table><script>for (let n = 0; n < 120; n++) t.insertAdjacentHTML('beforeend',
     `<tr><td>${n}<td>${crypto.randomUUID()}`)</script>",
    // A carousel that turns by itself until it is stopped.
    "<div class='card window'><div class=track id=k><img src=/a.svg width=300 height=120><img src=/b.svg width=300 height=120></div></div>
     <button id=stop>Stop</button><script>let at = 0; const show = (n) => k.style.transform = `translateX(${-300 * (at = n)}px)`;
     const turning = setInterval(() => show(1 - at), 700); stop.onclick = () => { clearInterval(turning); show(0) }</script>",
    // A script, a style sheet and a painted image that come late.
    "<p class='card late'>Late</p><script>onload = () => { const s = document.createElement('script'); s.src = '/late.js'; document.head.append(s) }</script>",
];
/// The kind that has to be stopped.
const CAROUSEL: usize = 8;

/// The config that asks for them.
pub(super) fn config(site: &str, slowdown: u32) -> String {
    let mut text = format!("url = \"{site}\"\nsettle-seconds = 60\n[world]\nslowdown = {slowdown}\n");
    for page in 0..PAGES {
        text.push_str(&format!("[[page]]\nname = \"page-{page}\"\npath = \"/page/{page}\"\n"));
        if page % KINDS.len() == CAROUSEL {
            text.push_str("steps = [{ click = \"#stop\" }]\n");
        }
    }
    text
}

/// Media type and content of what is asked for.
pub(super) fn answer(path: &str) -> Option<(&'static str, Vec<u8>)> {
    let text = |kind, text: String| Some((kind, text.into_bytes()));
    if let Some(page) = path.strip_prefix("/page/") {
        let page: usize = page.parse().ok()?;
        let body = KINDS[page % KINDS.len()];
        let head = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>";
        let words = "Words that stand here so that there are some. ".repeat(3 + page);
        return text(
            "text/html",
            format!("{head}<style>{STYLE}</style><h1>Page {page}</h1>{body}<p class=card>{words}"),
        );
    }
    let svg = |colour: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='120'><rect width='300' height='120' fill='{colour}'/>\
                 <circle cx='90' cy='60' r='44' fill='#fff8'/></svg>"
        )
    };
    match path {
        "/text.woff2" => {
            Some(("font/woff2", include_bytes!("../../../../examples/own-app/site/text.woff2").to_vec()))
        }
        "/a.svg" => text("image/svg+xml", svg("#357")),
        "/b.svg" => text("image/svg+xml", svg("#a52")),
        "/frame" => text("text/html", "<!doctype html><p id=p>…<script>setTimeout(() => p.textContent = 'In the frame', 90)</script>".into()),
        "/late.js" => text("text/javascript", "const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = '/late.css'; document.head.append(l)".into()),
        "/late.css" => text("text/css", ".late { height: 90px; background: url(/b.svg) }".into()),
        path => text("text/plain", format!("Line {}", path.strip_prefix("/data/")?)),
    }
}
