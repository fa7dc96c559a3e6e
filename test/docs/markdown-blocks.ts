/** The fenced blocks of a page of Markdown. */

/** One block. */
export interface MarkdownBlock {
  /** What stands after the fence: `yaml`, `sh`. */
  readonly language: string
  readonly text: string
  /** The line of its first line of text, from 1. */
  readonly line: number
}

/** Every fenced block, in order. */
export function blocksOf(markdown: string): readonly MarkdownBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }))
}
