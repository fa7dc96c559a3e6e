/**
 * One session with an S3 store: a client of its own that repeats nothing, follows nothing and reads no
 * settings of this machine, so that what is asked is what the contract says. Every refusal is thrown
 * as a {@link Trouble} that knows what was being done.
 */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { S3Failure, S3Step } from './facts.ts'
import { S3Agent } from './s3-agent.ts'
import type { S3Input, Versioning } from './s3-input.ts'

type Library = typeof import('@aws-sdk/client-s3')

/** An object as the store tells of it. */
export interface FoundObject {
  readonly versionId: string | undefined
  readonly replication: string | undefined
}

/** What was thrown, and while doing what. */
export class Trouble extends Error {
  readonly failure: S3Failure

  constructor(failure: S3Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** A session; it connects when it is first asked. */
export class S3Session {
  readonly agent: S3Agent
  readonly #library: Library
  readonly #client: S3Client
  readonly #bucket: string
  readonly #signal: AbortSignal

  private constructor(library: Library, input: S3Input, signal: AbortSignal) {
    this.#library = library
    this.#bucket = input.bucket
    this.#signal = signal
    const isSecure = input.endpoint === undefined || input.endpoint.protocol === 'https:'
    this.agent = new S3Agent(isSecure ? input.tls : undefined, signal)
    this.#client = new library.S3Client({
      ...(input.endpoint === undefined ? {} : { endpoint: input.endpoint.origin }),
      region: input.region,
      credentials: credentialsOf(input),
      forcePathStyle: input.isPathStyle,
      requestHandler: { httpAgent: this.agent, httpsAgent: this.agent },
      maxAttempts: 1,
      ...NOTHING_FROM_OUTSIDE,
    })
  }

  /** Opens a session; everything it asks ends when the signal aborts. */
  static async open(input: S3Input, signal: AbortSignal): Promise<S3Session> {
    // Loading the client takes far longer than asking; who asks no store need not wait for it.
    return new S3Session(await import('@aws-sdk/client-s3'), input, signal)
  }

  /** Whether the bucket keeps old versions. */
  async versioning(): Promise<Versioning> {
    const command = new this.#library.GetBucketVersioningCommand({ Bucket: this.#bucket })
    const { Status } = await this.#ask('look', (options) => this.#client.send(command, options))
    if (Status === 'Enabled') return 'enabled'
    return Status === 'Suspended' ? 'suspended' : 'off'
  }

  /** Looks at an object; undefined when it is not there. */
  async look(key: string): Promise<FoundObject | undefined> {
    const command = new this.#library.HeadObjectCommand({ Bucket: this.#bucket, Key: key })
    try {
      const head = await this.#ask('look', (options) => this.#client.send(command, options))
      return { versionId: head.VersionId, replication: head.ReplicationStatus }
    } catch (thrown) {
      if (thrown instanceof Trouble && thrown.failure.status === 404) return undefined
      throw thrown
    }
  }

  /** Puts an object; gives its version, when the bucket keeps them. */
  async put(key: string, body: Uint8Array, sha256: Buffer): Promise<string | undefined> {
    const command = new this.#library.PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentLength: body.length,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: sha256.toString('base64'),
    })
    const put = await this.#ask('put', (options) => this.#client.send(command, options))
    if (put.ETag === undefined) {
      throw new Trouble({ step: 'put', code: 'NOT_S3', message: 'it named no ETag', status: 200 })
    }
    return put.VersionId
  }

  /** Gets an object's bytes. */
  async get(key: string): Promise<Uint8Array> {
    const command = new this.#library.GetObjectCommand({ Bucket: this.#bucket, Key: key })
    return await this.#ask('get', async (options) => {
      const { Body } = await this.#client.send(command, options)
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray()
    })
  }

  /** Deletes an object for good: naming its version leaves no marker behind. */
  async delete(key: string, versionId: string | undefined): Promise<void> {
    const version = versionId === undefined ? {} : { VersionId: versionId }
    const object = { Bucket: this.#bucket, Key: key, ...version }
    const command = new this.#library.DeleteObjectCommand(object)
    await this.#ask('delete', (options) => this.#client.send(command, options))
  }

  /** Ends the session; nothing is left open. */
  close(): void {
    this.#client.destroy()
    this.agent.destroy()
  }

  async #ask<Found>(
    step: S3Step,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<Found>,
  ): Promise<Found> {
    const abort = (): void => this.agent.destroy()
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      return await send({ abortSignal: this.#signal })
    } catch (thrown) {
      if (this.#signal.aborted) throw new Trouble({ step, code: 'ABORTED', message: '' })
      if (this.agent.isTooMuch) throw new Trouble({ step, code: 'TOO_LARGE', message: '' })
      throw new Trouble({ step, ...describe(thrown) })
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }
}

/** Whatever the client would otherwise look up in variables and files of this machine. */
const NOTHING_FROM_OUTSIDE: S3ClientConfig = {
  authSchemePreference: [],
  defaultsMode: 'standard',
  disableClockSkewCorrection: true,
  disableS3ExpressSessionAuth: false,
  ignoreConfiguredEndpointUrls: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  retryMode: 'standard',
  sigv4aSigningRegionSet: [],
  useArnRegion: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: 'rampart',
}

function credentialsOf(input: S3Input): {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
} {
  const { accessKeyId, secretAccessKey, sessionToken } = input
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

function describe(thrown: unknown): Omit<S3Failure, 'step'> {
  if (!(thrown instanceof Error)) return { code: 'UNKNOWN', message: String(thrown) }
  const { name, message } = thrown
  const { code, $metadata: answer } = thrown as Error & {
    readonly code?: unknown
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  const status = answer?.httpStatusCode
  if (typeof code === 'string' && status === undefined) return { code, message }
  return { code: name, message, ...(status === undefined ? {} : { status }) }
}
