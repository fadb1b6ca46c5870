// The dark theme of the design system, when the visitor's system is dark. Runs before the first paint.
// (The design system's own script would also keep the choice in the browser's storage.)
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (theme) => document.documentElement.setAttribute("data-fr-theme", theme);
  const follow = () => paint(dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
  addEventListener("beforeprint", () => paint("light"));
  addEventListener("afterprint", follow);
})();
