/** What is thrown says what it is: a Fault (the world), or an assertion (our bug). */
import { findMatches, isShipped } from './ban.ts'
import type { Rule } from './rule.ts'
import { sourceFile } from './source-file.ts'

export const noBareError: Rule = {
  title: 'what is thrown is a fault or an assertion',
  check: (files) =>
    findMatches({
      files: files.filter((file) => isShipped(file) || /^tools\/.*\.ts$/.test(file.path)),
      pattern: /\bthrow new (Type|Range)?Error\b/g,
      view: (file) => file.code,
      sentence: (found) =>
        `\`${found}\` says too little; throw a Fault for the world or input, use assert or present for our bug`,
    }),
  planted: [sourceFile('src/cli/a.ts', `throw new Error('no')\n`)],
  innocent: [
    sourceFile('src/cli/a.ts', `throw new Fault({ hint: 'never throw new Error' })\n`),
    sourceFile('src/cli/a.ts', `reject(new AbortError('gone'))\n`),
  ],
}
