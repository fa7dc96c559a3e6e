/** Blocks in real files, read by real shells and by Node's own reader of `.env`. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { parseEnv, promisify } from 'node:util'
import { array, assert as check, constantFrom, property, string, uint8Array } from 'fast-check'
import { isFault } from '../../../core/fault/fault.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { followEnvBlock, removeEnvBlock, writeEnvBlock } from './env-file.ts'
import { replaceBlock } from './managed-block.ts'
import { printVariables, variablesOf } from './print-variables.ts'

const run = promisify(execFile)

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'rampart-env-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

function refusal(pattern: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(isFault(thrown, 'export-refused'), String(thrown))
    assert.match(thrown.message, pattern)
    return true
  }
}

describe('variables of services', () => {
  it('are those of one environment and scope, the first instance of each', () => {
    const { values } = variablesOf(
      [
        { ...API, instance: 'b', number: 9 },
        { ...API, instance: 'a' },
        { ...API, address: '::1', port: '9p', service: 'db' },
        { ...API, scope: 'wt1', service: 'x' },
        { ...API, environment: 'staging', service: 'y' },
      ].sort((one, other) => ((one.instance ?? '') < (other.instance ?? '') ? -1 : 1)),
      {},
    )
    assert.deepEqual(Object.fromEntries(values), {
      DB__9P_HOST: '::1',
      DB__9P_PORT: '20001',
      SHOP_API_HTTP_HOST: '127.0.0.1',
      SHOP_API_HTTP_PORT: '20001',
      SHOP_API_HTTP_URL: 'http://127.0.0.1:20001',
    })
  })

  it('are those of a worktree where it has any, and never those of a tenant', () => {
    const apart = { ...API, scope: 'wt1', number: 9 }
    const web = { ...API, service: 'shop/web', number: 10 }
    const tenants = { ...API, service: 'shop/db', tenant: 'acme' }
    const { values } = variablesOf([API, apart, web, tenants], { scope: 'wt1' })
    const ports = [...values].filter(([name]) => name.endsWith('_PORT'))
    assert.deepEqual(Object.fromEntries(ports), {
      SHOP_API_HTTP_PORT: '9',
      SHOP_WEB_HTTP_PORT: '10',
    })
  })

  it('of two services with one name are left out, with a remark', () => {
    const list = variablesOf([API, { ...API, service: 'shop-api' }], {})
    assert.equal(list.values.size, 0)
    assert.match(
      printVariables(list, 'dotenv'),
      /^# SHOP_API_HTTP_\* would mean shop\/api http and/,
    )
  })

  it('have values that shells and readers of dotenv files take for what they are', async () => {
    const nasty = ['a b', '$HOME `id` $(id)', 'back\\slash\\n', '"double"', '#no comment', '*', '']
    const forShell = [...nasty, "it's", 'two\nlines']
    const named = (all: readonly string[]) => ({
      values: new Map(all.map((value, at) => [`V${at}`, value])),
      remarks: [],
    })
    const script = `${printVariables(named(forShell), 'sh')}\n/usr/bin/env -0`
    const { stdout } = await run('/bin/sh', ['-c', script], { env: {} })
    const told = new Map(
      stdout.split('\0').map((text) => text.split(/=([\s\S]*)/).slice(0, 2) as [string, string]),
    )
    assert.deepEqual(
      forShell.map((_, at) => told.get(`V${at}`)),
      forShell,
    )
    const read = parseEnv(printVariables(named(nasty), 'dotenv'))
    assert.deepEqual(Object.values(read), nasty)
    for (const value of ["it's", 'two\nlines']) {
      assert.throws(() => printVariables(named([value]), 'dotenv'), refusal(/V0.*single quote/))
    }
  })
})

describe('a block in a file', () => {
  it('leaves every other byte as it is, and is removed without a trace', () => {
    const pieces = array(
      constantFrom(
        'A=1',
        '\n',
        '\r\n',
        'é',
        '# >>> rampart other >>> x\n# <<< rampart other <<<\n',
        ' ',
      ),
    )
    check(
      property(pieces, uint8Array({ min: 1 }), string(), (words, bytes, word) => {
        const before = Buffer.concat([Buffer.from(`${words.join('')}\n`), bytes])
        const line = `W=${word.replaceAll(/[\r\n#\0]/g, '')}\n`
        const place = { path: '.env' }
        const first = replaceBlock(before, 'X=1\n', place)
        const second = replaceBlock(first, line, place)
        assert.deepEqual(second, replaceBlock(before, line, place))
        assert.ok(second?.subarray(0, before.length).equals(before))
        assert.deepEqual(replaceBlock(second, undefined, place), before)
      }),
    )
    assert.equal(
      replaceBlock(replaceBlock(undefined, 'A=1\n', { path: 'x' }), undefined, { path: 'x' }),
      undefined,
    )
    assert.equal(replaceBlock(undefined, undefined, { path: 'x' }), undefined)
  })

  it('may have been moved, and lines may have come behind it', () => {
    const place = { path: '.env' }
    const written = `${replaceBlock(Buffer.from('A=1'), 'X=1\n', place)}B=2\n`
    assert.equal(String(replaceBlock(Buffer.from(written), undefined, place)), 'A=1\nB=2\n')
    const again = String(replaceBlock(Buffer.from(written), 'X=2\n', place))
    assert.equal(again, written.replace('X=1', 'X=2'))
  })

  it('with broken markers is refused, with the line', () => {
    const begin = '# >>> rampart ports >>> written\n'
    const end = '# <<< rampart ports <<<\n'
    const place = { path: '.env' }
    const write = (text: string) => () => replaceBlock(Buffer.from(text), 'A=1\n', place)
    assert.throws(write(`A=1\n${begin}`), refusal(/\.env:2.*begins here has no end/))
    assert.throws(write(`${end}A=1\n`), refusal(/\.env:1.*ends here that does not begin/))
    assert.throws(write(`${begin}${begin}${end}`), refusal(/\.env:2.*block of line 1/))
    assert.throws(write(begin + end + begin + end), refusal(/\.env:3.*second block/))
    assert.throws(write(begin + begin.replace('ports', 'x') + end), refusal(/block of line 1/))
    assert.throws(write('A\0B'), refusal(/not a text file/))
    assert.throws(() => replaceBlock(undefined, '', { path: 'x', name: 'A B' }), refusal(/name/))
  })
})

describe('an env file', () => {
  it('follows the endpoints, keeps its mode and its other lines, and leaves no drafts', async (t) => {
    const root = folder(t)
    writeFileSync(join(root, '.env'), 'SECRET=1')
    chmodSync(join(root, '.env'), 0o640)
    const endpoints = new EndpointTable()
    const onTrouble = (error: unknown): void => assert.fail(String(error))
    const block = { root, path: '.env' }
    const following = followEnvBlock(block, { endpoints, onTrouble })
    for (let number = 1; number <= 50; number += 1) endpoints.set([{ ...API, number }])
    await following.close()
    endpoints.set([])
    const text = readFileSync(join(root, '.env'), 'utf8')
    assert.deepEqual(parseEnv(text)['SHOP_API_HTTP_URL'], 'http://127.0.0.1:50')
    assert.ok(text.startsWith('SECRET=1\n# >>> rampart ports >>> '))
    assert.equal(statSync(join(root, '.env')).mode & 0o777, 0o640)
    await removeEnvBlock(block)
    assert.equal(readFileSync(join(root, '.env'), 'utf8'), 'SECRET=1')
    assert.deepEqual(readdirSync(root), ['.env'])
  })

  it('is not touched when nothing is different, and is gone when it was made for the block', async (t) => {
    const root = folder(t)
    const block = { root, path: 'ports.sh', style: 'sh' } as const
    await writeEnvBlock(block, [API])
    const { ino, mode } = statSync(join(root, 'ports.sh'))
    assert.equal(mode & 0o777, 0o600)
    await writeEnvBlock(block, [API])
    assert.equal(statSync(join(root, 'ports.sh')).ino, ino)
    const { stdout } = await run('/bin/sh', ['-c', '. ./ports.sh; echo $SHOP_API_HTTP_PORT'], {
      cwd: root,
    })
    assert.equal(stdout, '20001\n')
    await removeEnvBlock(block)
    assert.ok(!existsSync(join(root, 'ports.sh')))
  })

  it('may be a link within the folder, and never leads out of it', async (t) => {
    const [root, other] = [folder(t), folder(t)]
    mkdirSync(join(root, 'config'))
    writeFileSync(join(root, 'config/env'), '')
    writeFileSync(join(other, 'env'), '')
    symlinkSync('config/env', join(root, 'inside'))
    symlinkSync(join(other, 'env'), join(root, 'outside'))
    symlinkSync(other, join(root, 'away'))
    symlinkSync('nothing', join(root, 'dangling'))
    await writeEnvBlock({ root, path: 'inside' }, [API])
    assert.match(readFileSync(join(root, 'config/env'), 'utf8'), /SHOP_API_HTTP_PORT=20001/)
    const refuses = async (path: string, pattern: RegExp): Promise<void> => {
      await assert.rejects(writeEnvBlock({ root, path }, [API]), refusal(pattern))
    }
    await refuses('outside', /outside of/)
    await refuses('away/env', /outside of/)
    await refuses('../x', /outside of/)
    await refuses('dangling', /a link to nothing/)
    await refuses('config', /not a regular file/)
    await refuses('.', /outside of|not a regular/)
    await refuses('nowhere/env', /ENOENT/)
    assert.equal(readFileSync(join(other, 'env'), 'utf8'), '')
  })
})
