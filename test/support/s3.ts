/** A real S3 store for tests: moto's server, which keeps everything in memory, on its own free port. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3'
import { request } from 'undici'
import { freePort } from './free-port.ts'
import { findPart, REAL_PARTS } from './real-parts.ts'

/** Which store it is. */
export const S3_PART = "moto's server"

/** A pair of keys that sign in. */
export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Keys for a store that lets everybody in. */
export const ANY_KEYS: S3Keys = { accessKeyId: 'app', secretAccessKey: 'hunter2' }

/** A store that can be started. */
export interface S3Store {
  readonly url: string
  /** Settles at once, before it accepts. */
  start(): void
  client(keys?: S3Keys): S3Client
  /** Makes a user whose policy has these statements; only before {@link closeDoors}. */
  addUser(name: string, statements: readonly object[]): Promise<S3Keys>
  /** From now on, every request is authenticated and authorized. */
  closeDoors(): Promise<void>
  openDoors(): Promise<void>
  /** Every version and marker in a bucket, and what is left under way. */
  left(bucket: string): Promise<readonly string[]>
  remove(): Promise<void>
}

/** Makes a store without starting it. */
export async function makeS3(): Promise<S3Store> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const clients: S3Client[] = []
  let child: ChildProcess | undefined
  const client = (keys = ANY_KEYS): S3Client => {
    const made = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: keys,
    })
    clients.push(made)
    return made
  }
  return {
    url,
    client,
    start: () => {
      const program = findPart(REAL_PARTS.find(({ name }) => name === S3_PART) ?? assert.fail())
      child = spawn(program ?? '', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    },
    addUser: (name, statements) => addUser(url, name, statements),
    closeDoors: () => resetAuth(url, '0'),
    openDoors: () => resetAuth(url, 'inf'),
    left: async (bucket) => {
      const all = await client().send(new ListObjectVersionsCommand({ Bucket: bucket }))
      return [...(all.Versions ?? []), ...(all.DeleteMarkers ?? [])].map(({ Key }) => Key ?? '')
    },
    remove: async () => {
      for (const one of clients) one.destroy()
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function addUser(url: string, name: string, statements: readonly object[]): Promise<S3Keys> {
  const user = { UserName: name }
  await askIam(url, { Action: 'CreateUser', ...user })
  const made = await askIam(url, { Action: 'CreateAccessKey', ...user })
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const policy = { PolicyName: 'own', PolicyDocument: document }
  await askIam(url, { Action: 'PutUserPolicy', ...user, ...policy })
  const text = (tag: string): string => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(made)?.[1] ?? ''
  return { accessKeyId: text('AccessKeyId'), secretAccessKey: text('SecretAccessKey') }
}

/** While the doors are open, whatever signature is taken. */
async function askIam(url: string, action: Readonly<Record<string, string>>): Promise<string> {
  const scope = 'Credential=any/20260101/us-east-1/iam/aws4_request'
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=any`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Version: '2010-05-08', ...action }).toString(),
  })
  const text = await body.text()
  assert.equal(statusCode, 200, text)
  return text
}

async function resetAuth(url: string, freeActions: string): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await request(`${url}/moto-api/reset-auth`, {
    method: 'POST',
    headers,
    body: freeActions,
  })
  assert.equal(answer.statusCode, 200, await answer.body.text())
}
