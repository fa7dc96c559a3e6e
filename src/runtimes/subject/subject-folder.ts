/**
 * Where a subject's files lie: `<folder>/<slug>/`, with one numbered folder for every start. The
 * slug gives the subject back, and no two subjects share one, also where file names ignore case.
 */

const KEPT = /[a-z0-9_.-]/

/**
 * The folder name of a subject: `/` becomes `~`, anything unusual `%` and its UTF-8 in hexadecimal.
 *
 * @example slugOf('shop/eu/api') === 'shop~eu~api'
 */
export function slugOf(subject: string): string {
  let slug = ''
  for (const [index, character] of [...subject].entries()) {
    if (character === '/') slug += '~'
    else if (KEPT.test(character) && !(index === 0 && character === '.')) slug += character
    else for (const byte of Buffer.from(character)) slug += `%${byte.toString(16).padStart(2, '0')}`
  }
  return slug
}

/** The subject that a folder name stands for; undefined when the name is not one of ours. */
export function subjectOf(slug: string): string | undefined {
  const bytes = slug
    .replaceAll('~', '/')
    .replaceAll(/%([0-9a-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
  const subject = Buffer.from(bytes, 'latin1').toString('utf8')
  return slug.length > 0 && slugOf(subject) === slug ? subject : undefined
}

/** The name of one start of a subject: `shop/api#3`. */
export function instanceName(subject: string, number: number): string {
  return `${subject}#${number}`
}
