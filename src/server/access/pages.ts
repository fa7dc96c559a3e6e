/** The few pages that the server itself shows while somebody signs in: plain HTML, no script. */
import type { FastifyReply } from 'fastify'

/** May be shown, and sends its form here; nothing else. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Asks whether a code is their own. */
export function confirmPage(asked: {
  readonly userCode: string
  readonly address: string
  readonly person: string
  readonly csrfToken: string
}): string {
  const { userCode, address, person, csrfToken } = asked
  return page(
    'Log a command line in?',
    `<p>A command line at <strong>${escapeHtml(address)}</strong> wants to act as
<strong>${escapeHtml(person)}</strong> for 12 hours.</p>
<p>Go on only if you have just run <code>rampart login</code> yourself, and it shows this code:</p>
<p class="code">${escapeHtml(userCode)}</p>
<form method="post" action="/device">
<input type="hidden" name="code" value="${escapeHtml(userCode)}">
<input type="hidden" name="csrf" value="${escapeHtml(csrfToken)}">
<button name="answer" value="confirm">It shows this code: log it in</button>
<button name="answer" value="refuse">Refuse</button>
</form>`,
  )
}

/** Says one thing. */
export function notePage(title: string, sentence: string): string {
  return page(title, `<p>${escapeHtml(sentence)}</p>`)
}

/** Answers with a page. */
export async function sendPage(
  reply: FastifyReply,
  status: number,
  html: string,
): Promise<FastifyReply> {
  return await reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', PAGE_POLICY)
    .send(html)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Rampart</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem }
.code { font: 600 2rem ui-monospace, monospace; letter-spacing: .1em }
button { font: inherit; padding: .5rem 1rem; margin-right: .5rem }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** A text that stands for itself in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
