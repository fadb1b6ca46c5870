/* A preview that shows the whole text, without a scroll bar of its own, in the colours chosen for the admin. */

const frame = document.querySelector(".whole-preview iframe");
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function fit() {
  const page = frame.contentDocument?.documentElement;
  if (!page) {
    return; // not loaded yet
  }
  const isDark = root.dataset.theme === "dark" || (root.dataset.theme !== "light" && dark.matches);
  page.setAttribute("data-fr-theme", isDark ? "dark" : "light");
  frame.parentElement.style.height = "0"; // else the page is at least as high as its frame
  frame.parentElement.style.height = `${page.scrollHeight + 2}px`;
}

frame.addEventListener("load", fit);
addEventListener("resize", fit);
dark.addEventListener("change", fit);
new MutationObserver(fit).observe(root, { attributeFilter: ["data-theme"] });
fit();
