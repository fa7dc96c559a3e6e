/** A function fits on a screen. */
import { isCode, isTest } from './ban.ts'
import type { Finding, Rule } from './rule.ts'
import { lineAt, type SourceFile, sourceFile } from './source-file.ts'

const MOST_LINES = 70

// What stands before the brace of a function's body: a declaration, an arrow, or a method.
const BEFORE_BODY =
  /(\bfunction\b[^{}]*|=>\s*|(^|\n)\s*(?!if\b|for\b|while\b|switch\b|catch\b|else\b|return\b)[\w#*][\w\s#*]*(<[^{}()]*>)?\([^{}]*\)(\s*:[^{};=]+)?\s*)$/

export const functionLength: Rule = {
  title: `no function has more than ${MOST_LINES} lines`,
  check: (files) =>
    files.filter((file) => isCode(file) && !isTest(file)).flatMap(findLongFunctions),
  planted: [
    sourceFile('src/cli/a.ts', `function long(a: string): void {\n${'  a()\n'.repeat(70)}}\n`),
    sourceFile('src/cli/a.ts', `const long = () => {\n${'  a()\n'.repeat(70)}}\n`),
    sourceFile(
      'src/cli/a.ts',
      `class A {\n  async run(): Promise<void> {\n${'a()\n'.repeat(70)}}\n}\n`,
    ),
  ],
  innocent: [
    sourceFile('src/cli/a.ts', `class A {\n${'  run() { a() }\n'.repeat(70)}}\n`),
    sourceFile('src/cli/a.ts', `const TABLE = {\n${'  a: 1,\n'.repeat(70)}}\n`),
  ],
}

function findLongFunctions(file: SourceFile): readonly Finding[] {
  const { code } = file
  const findings: Finding[] = []
  const open: number[] = []
  for (const { 0: brace, index } of code.matchAll(/[{}]/g)) {
    if (brace === '{') open.push(index)
    const start = brace === '}' ? open.pop() : undefined
    if (start === undefined) continue
    const [firstLine, lastLine] = [lineAt(code, start), lineAt(code, index)]
    const lines = lastLine - firstLine + 1
    if (lines <= MOST_LINES || !BEFORE_BODY.test(code.slice(Math.max(0, start - 400), start)))
      continue
    const sentence = `${lines} lines are more than ${MOST_LINES}; name its steps as functions`
    findings.push({ file: file.path, line: firstLine, sentence })
  }
  return findings
}
