// What a page of today does while it is looked at: a clock, a carousel, a component, a count that never repeats.
setInterval(() => {
  document.getElementById("clock").textContent = new Date().toLocaleTimeString("en-GB");
}, 100);

document.querySelector(".visits").textContent = String(Math.trunc(performance.now() * 1000) ** 2);

const track = document.querySelector(".track");
const slides = track.children.length;
let at = 0;
const show = (slide) => {
  at = slide;
  track.style.transform = `translateX(${-300 * slide}px)`;
};
const turning = setInterval(() => show((at + 1) % slides), 900);
document.querySelector(".pause").addEventListener("click", () => clearInterval(turning));
for (const button of document.querySelectorAll("[data-slide]")) {
  button.addEventListener("click", () => show(Number(button.dataset.slide)));
}

customElements.define("garden-weather", class extends HTMLElement {
  connectedCallback() {
    const shadow = this.attachShadow({ mode: "closed" });
    shadow.innerHTML = `<style>p { margin: 16px 0; padding: 12px; border-left: 6px solid #d98a00; background: #fff6e0 }
      i { display: inline-block; width: 10px; height: 10px; background: #d98a00; animation: sway 1s infinite alternate }
      @keyframes sway { to { transform: translateX(40px) } }</style><p><i></i> Sun, and a light wind.</p>`;
  }
});

customElements.define("garden-tip", class extends HTMLElement {
  connectedCallback() {
    const shadow = this.attachShadow({ mode: "open" });
    shadow.innerHTML = `<style>p { margin: 16px 0; padding: 12px; border-left: 6px solid #2f8a46; background: #e4f3dc }</style>
      <p>Pick mint before it <b>blooms</b>.</p>`;
  }
});
