/* Filing many entries: two choosers, and the preview in view once it is there. */

import { enhanceChoosers } from "./term_chooser.js";

enhanceChoosers(document.getElementById("filing-form"));
document.querySelector(".filing-preview")?.focus();
