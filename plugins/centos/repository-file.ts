import type { Repository } from './repositories.ts'

/** Where the guest has the key of a repository. */
export const keyPath = ({ name }: Repository): string => `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}`

/** A repository as the guest's dnf reads it (man 5 dnf.conf). Its key is in the rpm database anyway. */
export const repositoryFile = (repository: Repository): string => {
  const { name, key } = repository
  const place = (['baseurl', 'mirrorlist', 'metalink'] as const).flatMap((field) =>
    repository[field] === undefined ? [] : [`${field}=${repository[field]}`],
  )
  return [
    `[${name}]`,
    `name=${name}`,
    ...place,
    'enabled=1',
    'gpgcheck=1',
    ...(key ? [`gpgkey=file://${keyPath(repository)}`] : []),
    'skip_if_unavailable=1',
    '',
  ].join('\n')
}
