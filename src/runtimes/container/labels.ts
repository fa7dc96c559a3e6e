/**
 * The names and labels by which the engine gives back whose a container is. They are what a restarted
 * daemon goes by, also when its own folder is gone.
 */
import { digestOf } from '../../core/units/digest.ts'
import { type ContainerRecord, parseRecord } from './record.ts'

const READABLE_MAX = 40
const HASH_FROM = 'sha256:'.length
const HASH_LENGTH = 12

/** The labels of a start. */
export function labelsOf(record: ContainerRecord): Readonly<Record<string, string>> {
  return {
    ...subjectLabels(record.workspace, record.subject),
    'rampart.instance': record.instance,
    'rampart.order': record.order,
    'rampart.fence': String(record.fence),
    'rampart.record': JSON.stringify(record),
  }
}

/** The labels that all of a workspace share. */
export function workspaceLabels(workspace: string): Readonly<Record<string, string>> {
  return { 'rampart.workspace': workspace }
}

/** The labels that all starts of a subject share. */
export function subjectLabels(
  workspace: string,
  subject: string,
): Readonly<Record<string, string>> {
  return { ...workspaceLabels(workspace), 'rampart.subject': subject }
}

/** The record that a container carries; undefined when it is none of ours. */
export function recordIn(labels: Readonly<Record<string, string>>): ContainerRecord | undefined {
  const text = labels['rampart.record']
  return text === undefined ? undefined : parseRecord(text)
}

/** The name of a start's container: readable, and no other workspace's. */
export function containerName(workspace: string, subject: string, number: number): string {
  return `${readable(subject)}-${hash([workspace, subject])}-${number}`
}

/** The engine's name of a network: `name` is `<contract>/<network>`. */
export function networkName(workspace: string, name: string): string {
  return `${readable(name)}-${hash([workspace, name])}`
}

function readable(text: string): string {
  return `rampart-${text.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, READABLE_MAX)}`
}

function hash(words: readonly string[]): string {
  return digestOf([...words]).slice(HASH_FROM, HASH_FROM + HASH_LENGTH)
}
