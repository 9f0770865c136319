// What an attack by text leaves behind: dialogs, reports of the content policy, nodes that no page of ours has.
import type { ConsoleMessage, Dialog, Page } from "@playwright/test";
import { expect } from "./test.ts";

/** What a page that was broken into would show. */
export class Watch {
  dialogs: string[] = [];
  reports: string[] = [];

  constructor(page: Page) {
    page.on("dialog", (dialog: Dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("console", (message: ConsoleMessage) => {
      if (/Content Security Policy|Refused to|Trusted/i.test(message.text())) {
        this.reports.push(message.text());
      }
    });
  }
}

/** Nodes that can only come out of a text: scripts without our source, handlers, foreign links and images. */
export async function expectNothingInjected(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => {
    const odd: string[] = [];
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name)) odd.push(`<${element.localName} ${name}>`);
        if (/^(href|src|action|formaction|xlink:href)$/i.test(name) && /^\s*(javascript|data|vbscript):/i.test(value)) {
          odd.push(`<${element.localName} ${name}="${value}">`);
        }
      }
      // The framework's empty lists are the only script that stands in the page.
      const framework = /^\s*(__[A-Z_]+=\[\];)*\s*$/.test(element.textContent ?? "") && element.attributes.length <= 1;
      if (element.localName === "script" && !framework && !(element as HTMLScriptElement).src.startsWith(location.origin)) {
        odd.push(`<script> ${element.textContent?.slice(0, 60)}`);
      }
      if (["img", "iframe", "object", "embed", "base", "video", "audio"].includes(element.localName)) {
        odd.push(`<${element.localName}>`);
      }
    }
    return odd;
  });
  expect.soft(found, `injected nodes, ${where}`).toEqual([]);
}
