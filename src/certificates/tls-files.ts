/**
 * The files that TLS comes from, read and judged as a whole before anybody connects by them: that each
 * can be read, that they belong together and, where that is asked, count today. Whoever is told of them is
 * told what is wrong and in which file, never what is in it.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { Fault } from '../core/fault/fault.ts'

/** Where they are; each is PEM. */
export interface TlsFiles {
  /** One's own certificate first, then those that lead to its authority. */
  readonly certificate: string
  /** Its key, without a passphrase. */
  readonly key: string
  /** The authorities of clients; absent: clients are asked for no certificate. */
  readonly clientCa?: string
}

/** What was read. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
  /** The authorities of clients, their certificates alone. */
  readonly ca?: string
  /** Until when one's own certificate counts. @unit ms since 1970 */
  readonly untilMs: number
}

/** For what they are read. */
export interface TlsReading {
  /** As faults name it: `speak TLS`. */
  readonly operation: string
  /** When they are to count; absent: their dates are for the other side to judge. @unit ms since 1970 */
  readonly nowMs?: number
}

/** More than any chain of certificates has. @unit bytes */
const FILE_MAX = 1_048_576

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** @throws certificate-unusable, naming the file and what is wrong with it */
export function readTls(files: TlsFiles, reading: TlsReading): TlsMaterial {
  return new Reader(reading).read(files)
}

/** Changes whenever one of the files does, also by way of a link; one that is away is a state, too. */
export async function tlsFilesState({ certificate, key, clientCa }: TlsFiles): Promise<string> {
  const files = [certificate, key, ...(clientCa === undefined ? [] : [clientCa])]
  return JSON.stringify(await Promise.all(files.map(stateOf)))
}

async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

/** Reads for one purpose, so that every fault names it. */
class Reader {
  readonly #reading: TlsReading

  constructor(reading: TlsReading) {
    this.#reading = reading
  }

  read({ certificate, key, clientCa }: TlsFiles): TlsMaterial {
    const cert = this.#text(certificate, 'certificate')
    const keyText = this.#text(key, 'key')
    const [own] = this.#certificatesIn(cert, certificate)
    if (own === undefined) throw this.#unusable(certificate, NO_CERTIFICATE)
    if (!own.checkPrivateKey(this.#privateKey(keyText, key))) {
      throw this.#unusable(key, `It is not the key of the certificate in ${certificate}.`)
    }
    this.#checkDates(own, certificate)
    const ca = clientCa === undefined ? {} : { ca: this.#authorities(clientCa) }
    const material = { cert, key: keyText, ...ca, untilMs: own.validToDate.getTime() }
    try {
      createSecureContext(material)
    } catch (error) {
      throw this.#unusable(certificate, `It cannot be used: ${(error as Error).message}.`, error)
    }
    return material
  }

  #text(file: string, what: string): string {
    try {
      const found = statSync(file)
      // A pipe would keep whoever opens it waiting for ever.
      if (!found.isFile()) throw this.#unusable(file, `For the ${what} a file is expected.`)
      if (found.size > FILE_MAX) throw this.#unusable(file, 'It is longer than any certificate.')
      return readFileSync(file, 'utf8')
    } catch (error) {
      if (error instanceof Fault) throw error
      const { code = '', message } = error as NodeJS.ErrnoException
      const why = WHY[code] ?? message
      throw this.#unusable(file, `The ${what} cannot be read: ${why}.`, error)
    }
  }

  #certificatesIn(pem: string, file: string): readonly X509Certificate[] {
    return (pem.match(BLOCK) ?? []).map((text, at) => {
      try {
        return new X509Certificate(text)
      } catch (error) {
        const why = (error as Error).message
        throw this.#unusable(file, `Certificate ${at + 1} of it is damaged: ${why}.`, error)
      }
    })
  }

  #privateKey(pem: string, file: string): KeyObject {
    if (pem.includes('ENCRYPTED')) {
      throw this.#unusable(file, 'The key in it is encrypted; give one that needs no passphrase.')
    }
    try {
      return createPrivateKey(pem)
    } catch (error) {
      throw this.#unusable(file, 'No key stands in it; PEM is expected.', error)
    }
  }

  /** At least one, and each may sign: a client's own certificate would prove nothing of others. */
  #authorities(file: string): string {
    const pem = this.#text(file, 'authorities of clients')
    const all = this.#certificatesIn(pem, file)
    const [latest] = all.toSorted((a, b) => b.validToDate.getTime() - a.validToDate.getTime())
    if (latest === undefined) throw this.#unusable(file, NO_CERTIFICATE)
    const at = all.findIndex(({ ca }) => !ca)
    if (at !== -1) {
      const name = `Certificate ${at + 1} of it (${all[at]?.subject?.replaceAll('\n', ', ')})`
      throw this.#unusable(file, `${name} is no authority: its basicConstraints lack CA:TRUE.`)
    }
    this.#checkDates(latest, file)
    return (pem.match(BLOCK) ?? []).join('\n')
  }

  #checkDates({ validFromDate, validToDate }: X509Certificate, file: string): void {
    const { nowMs } = this.#reading
    if (nowMs === undefined) return
    if (validToDate.getTime() < nowMs) {
      throw this.#unusable(file, `The certificate has expired on ${validToDate.toISOString()}.`)
    }
    if (validFromDate.getTime() > nowMs) {
      const from = validFromDate.toISOString()
      throw this.#unusable(file, `The certificate counts only from ${from} on.`)
    }
  }

  #unusable(subject: string, sentence: string, cause?: unknown): Fault {
    const { operation } = this.#reading
    const hint = `${subject}: ${sentence}`
    return new Fault({ code: 'certificate-unusable', operation, subject, hint, cause })
  }
}

const NO_CERTIFICATE = 'No certificate stands in it; PEM is expected.'

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'whoever is to use it may not read it',
}
