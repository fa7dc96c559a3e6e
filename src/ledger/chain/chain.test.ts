/** The chain's parts on their own: links, seals, signatures, key files, and what a walk concludes. */
import assert from 'node:assert/strict'
import { createHash, createHmac, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ChainWalk } from './chain-walk.ts'
import { findProver, openSigner } from './key-file.ts'
import { GENESIS_HASH, type HashedLink, linkHash } from './link.ts'
import { makePrivateKey, proverOf, publicKeyPemOf, signerOf } from './signature.ts'
import { type Checkpoint, checkpointStatement, type Head, headStatement } from './statement.ts'

const link = { position: 7, stream: 'shop-up', sequence: 3, text: '{"atMs":1}' }

describe('a link of the chain', () => {
  it('hashes the previous hash, the place and the text, one a line, in UTF-8', () => {
    const text = '{"stage":"Grüße"}'
    const lines = [GENESIS_HASH, '7', 'shop-up', '3', text].join('\n')
    const expected = createHash('sha256').update(lines, 'utf8').digest('hex')
    assert.equal(linkHash(GENESIS_HASH, { ...link, text }), expected)
  })

  it('changes with everything it covers', () => {
    const variants = [
      linkHash(GENESIS_HASH, link),
      linkHash('1'.repeat(64), link),
      linkHash(GENESIS_HASH, { ...link, position: 8 }),
      linkHash(GENESIS_HASH, { ...link, stream: 'shop-upp' }),
      linkHash(GENESIS_HASH, { ...link, sequence: 4 }),
      linkHash(GENESIS_HASH, { ...link, text: '{"atMs":2}' }),
    ]
    assert.equal(new Set(variants).size, variants.length)
  })
})

describe('the keys of a ledger', () => {
  it('sign what anybody with the public key can prove', () => {
    const pem = makePrivateKey()
    const [signer, prover] = [signerOf(pem), proverOf(publicKeyPemOf(pem))]
    const signature = signer.sign('a statement')
    assert.equal(prover.publicKey, signer.publicKey)
    assert(prover.isSigned('a statement', signature))
    assert(!prover.isSigned('another statement', signature))
    assert(!prover.isSigned('a statement', 'bm8='))
    assert(!proverOf(publicKeyPemOf(makePrivateKey())).isSigned('a statement', signature))
  })

  it('seal by HMAC-SHA-256, which only the private key can check', () => {
    const pem = makePrivateKey()
    const signer = signerOf(pem)
    const raw = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
    const secret = createHash('sha256').update('rampart ledger seal\n').update(raw).digest('hex')
    const seal = createHmac('sha256', secret).update('a statement').digest('hex')
    assert.equal(signer.seal('a statement'), seal)
    assert.equal(signer.checkSeal('a statement', seal), 'valid')
    assert.equal(signer.checkSeal('another statement', seal), 'invalid')
    assert.equal(proverOf(publicKeyPemOf(pem)).checkSeal('a statement', seal), 'unknown')
  })

  it('are made once, private to their owner, with nothing left beside them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rampart-key-'))
    try {
      assert.equal(findProver(folder), undefined)
      const made = openSigner(folder, true)
      assert.equal(openSigner(folder, false).publicKey, made.publicKey)
      assert.deepEqual(readdirSync(folder).sort(), ['ledger.key', 'ledger.pub'])
      assert.equal(statSync(join(folder, 'ledger.key')).mode & 0o777, 0o600)
      assert.equal(findProver(folder)?.publicKey, made.publicKey)
      rmSync(join(folder, 'ledger.key'))
      assert.equal(findProver(folder)?.publicKey, made.publicKey)
      assert.throws(() => openSigner(folder, false), { code: 'ledger-unavailable' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are refused, not replaced, when their file holds something else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rampart-key-'))
    try {
      writeFileSync(join(folder, 'ledger.key'), 'no key at all')
      assert.throws(() => openSigner(folder, true), { code: 'ledger-unavailable' })
      writeFileSync(join(folder, 'ledger.pub'), 'no key at all')
      assert.equal(findProver(folder), undefined)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a walk along the chain', () => {
  const signer = signerOf(makePrivateKey())
  const links: HashedLink[] = []
  for (let position = 1; position <= 4; position += 1) {
    const next = { position, stream: 's', sequence: position, text: `{"atMs":${position}}` }
    links.push({ ...next, hash: linkHash(links.at(-1)?.hash ?? GENESIS_HASH, next) })
  }
  const unsigned = { number: 1, position: 2, hash: links[1]?.hash ?? '', atMs: 5 }
  const statement = checkpointStatement({ ...unsigned, publicKey: signer.publicKey })
  const checkpoint: Checkpoint = {
    ...unsigned,
    publicKey: signer.publicKey,
    signature: signer.sign(statement),
  }
  const head: Head = {
    position: 4,
    hash: links[3]?.hash ?? '',
    checkpoints: 1,
    checkpointPosition: 2,
  }
  const seal = signer.seal(headStatement(head))
  const walkOver = (given: readonly HashedLink[], checkpoints = [checkpoint]) => {
    const walk = new ChainWalk({ checkpoints, head: { ...head, seal }, prover: signer })
    for (const next of given) {
      const finding = walk.step(next)
      if (finding !== undefined) return `${finding.problem} at ${finding.position}`
    }
    const end = walk.finish()
    return end.verdict === 'intact' ? 'intact' : `${end.problem} at ${end.position}`
  }

  it('finds a whole chain intact', () => {
    assert.equal(walkOver(links), 'intact')
  })

  it('names the first link that does not follow', () => {
    const altered = links.map((one) => (one.position === 3 ? { ...one, text: '{}' } : one))
    assert.equal(walkOver(altered), 'altered at 3')
    assert.equal(walkOver(links.filter(({ position }) => position !== 3)), 'removed at 3')
    assert.equal(walkOver(links.slice(0, 3)), 'removed at 4')
    assert.equal(walkOver([]), 'removed at 1')
  })

  it('misses a checkpoint that is gone, and trusts no other key', () => {
    assert.equal(walkOver(links, []), 'checkpoint-mismatch at 4')
    const other = signerOf(makePrivateKey())
    const forged = { ...checkpoint, publicKey: other.publicKey, signature: other.sign(statement) }
    assert.equal(walkOver(links, [forged]), 'signature-invalid at 2')
  })
})
