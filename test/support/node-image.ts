/**
 * Images with Node in them, made of this machine's own files, since no registry is reachable where
 * tests run: one to run on, and what makes it one to build on that has npm.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { npmProgram } from './packed.ts'

const COMMANDS = [
  'sh',
  'echo',
  'env',
  'mkdir',
  'chown',
  'chmod',
  'cp',
  'id',
  'cat',
  'touch',
  'grep',
  'find',
  'rm',
]

/** Writes the root folder of an image that runs Node. */
export function writeNodeRoot(folder: string): void {
  for (const name of [
    'bin',
    'etc',
    'lib',
    'mnt',
    'proc',
    'root',
    'sbin',
    'usr/bin',
    'tmp',
    'var/lib',
  ]) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  execFileSync('chmod', ['1777', join(folder, 'tmp')])
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'))
  for (const name of COMMANDS) symlinkSync('busybox', join(folder, 'bin', name))
  symlinkSync('/bin/env', join(folder, 'usr/bin/env'))
  copyFileSync(process.execPath, join(folder, 'usr/bin/node'))
  const postgres = ['libpthread.so.0', 'libdl.so.2', 'librt.so.1', 'libm.so.6']
  const libc = dirname(librariesOf(process.execPath).find((path) => /libc\.so/.test(path)) ?? '')
  const more = postgres.map((name) => join(libc, name))
  for (const path of new Set([...librariesOf(process.execPath), ...more])) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    copyFileSync(path, join(folder, path))
  }
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\n')
}

/** Writes what an image is built of that has npm too, to which a cache at `/mnt` is all there is. */
export function writeNpm(context: string): void {
  const program = npmProgram()
  const folder = join(context, 'npm')
  cpSync(dirname(dirname(program)), join(folder, 'usr/lib/npm'), { recursive: true })
  mkdirSync(join(folder, 'usr/bin'))
  mkdirSync(join(folder, 'root'))
  const bin = join(folder, 'usr/bin/npm')
  writeFileSync(bin, '#!/bin/sh\nexec node /usr/lib/npm/bin/npm-cli.js "$@"\n', { mode: 0o755 })
  writeFileSync(join(folder, 'root/.npmrc'), 'cache=/mnt\noffline=true\n')
  writeFileSync(join(context, 'npm.Containerfile'), 'FROM localhost/node\nCOPY npm /\n')
}

function librariesOf(program: string): readonly string[] {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '')
}
