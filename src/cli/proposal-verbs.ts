/** The commands about amendments that wait for the word of owners; a part of the one table in verbs.ts. */
import { JSON_FLAG, type Verb, WHY_FLAG, WORKSPACE_FLAG } from './verb.ts'

const ANSWERS = [
  ['approve', 'say yes, as an owner, to an amendment of a contract'],
  ['reject', 'say no to an amendment of a contract, or take back your own'],
] as const

/** In the order of the help. */
export const PROPOSAL_VERBS: readonly Verb[] = [
  {
    usage: 'contracts proposals [contract]',
    summary: 'list amendments that wait for the word of owners',
    options: [WORKSPACE_FLAG, JSON_FLAG],
    run: async (parts, [called], options) =>
      (await import('./commands/proposals.ts')).runProposals(parts, called, options),
  },
  ...ANSWERS.map(
    ([say, summary]): Verb => ({
      usage: `contracts ${say} <contract>`,
      summary,
      options: [
        ['--proposal <digest>', 'the one you have seen; it is shown and asked when not given'],
        ['--as <owner>', 'an owner in whose name, on your own machine', 'repeatable'],
        WHY_FLAG,
        WORKSPACE_FLAG,
        JSON_FLAG,
      ],
      run: async (parts, [called = ''], options) =>
        (await import('./commands/proposals.ts')).runAnswer(parts, { say, called }, options),
    }),
  ),
]
