/** An entry of the ledger in a sentence, for lists; the entry itself has everything. Pure. */
import type { Entry } from '../../core/entry/entry.ts'

/** What it says; may be empty where its type and stage say all. */
export function entrySentence(entry: Entry): string {
  switch (entry.type) {
    case 'ramp.opened':
      return `${entry.plan.contract.name} ${entry.plan.goal}, proposed by ${entry.by}`
    case 'condition.answered':
      return `${entry.condition}: ${entry.answer.sentence}`
    case 'condition.met':
      return `${entry.condition} is met`
    case 'command.answered':
      return entry.answer.sentence
    case 'command.issued':
      return entry.command
    case 'word.spoken':
      return `${entry.by} said ${entry.word.say}${'why' in entry.word && entry.word.why !== '' ? `: ${entry.word.why}` : ''}`
    case 'news.heard':
      return `${entry.subject} is ${entry.is}`
    case 'stage.failed':
    case 'stage.breached':
    case 'ramp.held':
    case 'ramp.undoing':
      return entry.cause.sentence
    case 'stage.undoing':
      return `to be taken back, then ${entry.next}`
    case 'ramp.resumed':
      return `by ${entry.by}`
    case 'approval.counted':
      return `${entry.by} ${entry.approves ? 'approved' : 'rejected'} ${entry.condition}`
    case 'word.refused':
    case 'access.changed':
      return entry.sentence
    case 'ramp.ended':
      return entry.cause === undefined ? entry.outcome : `${entry.outcome}: ${entry.cause.sentence}`
    case 'contract.proposed':
      return `${entry.kind}/${entry.name} by ${entry.by}, who needs the word of ${entry.owners.map(({ owner }) => owner).join(', ')}`
    case 'contract.answered':
      return `${entry.by} ${entry.approves ? 'approved' : 'rejected'} it${entry.why === undefined ? '' : `: ${entry.why}`}`
    case 'contract.counted':
      return `${entry.by} said yes for ${entry.as.join(', ')}`
    case 'contract.refused':
    case 'contract.withdrawn':
      return entry.sentence
    case 'contract.amended':
      return `${entry.kind}/${entry.name} by ${entry.by}${entry.why === undefined ? '' : `: ${entry.why}`}`
    default:
      return ''
  }
}
