/** Finds the image a component is to run, and says which one it is. */
import { failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Engine } from './engine/engine.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import type { ImageFacts } from './engine/shapes.ts'
import { type ImageReference, parseImageReference } from './image-reference.ts'
import type { StartInput } from './order-input.ts'

/** The image, or why there is none. */
export type FoundImage =
  | { readonly wanted: string; readonly digest: string; readonly refusal?: never }
  | { readonly refusal: CommandAnswer }

/** Looks for the image at the engine, then at its registry. @throws EngineTrouble */
export async function findImage(
  input: StartInput,
  engine: Engine,
  signal: AbortSignal,
): Promise<FoundImage> {
  const { subject, image, allowTag, pull } = input
  const reference = parseImageReference(image)
  if (reference === undefined) {
    return refused('image-malformed', `${subject}: ${image} is not the name of an image.`)
  }
  if (reference.digest === undefined && !allowTag) {
    const sentence = `${subject}: ${image} is a tag, which may be another image tomorrow;`
    const facts = await engine.image(reference.wanted)
    const named = facts === undefined ? 'image@sha256:…' : nameByDigest(reference, facts)
    return refused('image-by-tag', `${sentence} write ${named}, or set allowTag.`)
  }
  const facts =
    (await engine.image(reference.wanted)) ?? (await fetched(reference, pull, { engine, signal }))
  if (typeof facts === 'string') return refused('image-absent', `${subject}: ${facts}`, true)
  const { digest } = reference
  // By tag, the very image that was looked at is run, whatever the tag says a moment later.
  if (digest === undefined) return { wanted: facts.id, digest: digestOf(reference, facts) }
  return { wanted: reference.wanted, digest }
}

/** @returns a sentence when it cannot be had */
async function fetched(
  reference: ImageReference,
  pull: StartInput['pull'],
  { engine, signal }: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<ImageFacts | string> {
  const { wanted } = reference
  const isId = wanted.startsWith('sha256:')
  if (pull === 'never' || isId) return `the engine does not have ${wanted}, and may not fetch it.`
  try {
    await engine.pull(wanted, signal)
  } catch (error) {
    if (!(error instanceof EngineTrouble) || error.isUnavailable) throw error
    return `${wanted} could not be fetched: ${error.message}`
  }
  return (await engine.image(wanted)) ?? `${wanted} was fetched, but the engine does not have it.`
}

function nameByDigest(reference: ImageReference, facts: ImageFacts): string {
  return repoDigestOf(reference, facts) ?? facts.id
}

function digestOf(reference: ImageReference, facts: ImageFacts): string {
  return repoDigestOf(reference, facts)?.split('@')[1] ?? facts.id
}

function repoDigestOf({ wanted }: ImageReference, facts: ImageFacts): string | undefined {
  const repository = wanted.slice(0, wanted.lastIndexOf(':'))
  const own = facts.repoDigests.find((name) => name.startsWith(`${repository}@`))
  return own ?? facts.repoDigests[0]
}

function refused(reason: string, sentence: string, retryable = false): FoundImage {
  return { refusal: failed({ reason, sentence, retryable }) }
}
