import { describe, expect, test } from 'vitest'
import {
  epelRepository,
  ownRepositories,
  type Release,
  sourceRepository,
} from '../../../plugins/centos/repositories.ts'

const stream = (major: 7 | 9 | 10): Release => ({ distribution: 'centos', major, version: String(major) })
const rocky: Release = { distribution: 'rocky', major: 9, version: '9.6' }
const alma: Release = { distribution: 'alma', major: 10, version: '10' }

test('the repositories of each release are those of its own documentation', () => {
  expect(ownRepositories(stream(9))).toEqual([
    {
      name: 'baseos',
      metalink:
        'https://mirrors.centos.org/metalink?repo=centos-baseos-9-stream&arch=$basearch&protocol=https,http',
    },
    {
      name: 'appstream',
      metalink:
        'https://mirrors.centos.org/metalink?repo=centos-appstream-9-stream&arch=$basearch&protocol=https,http',
    },
  ])
  expect(ownRepositories(rocky)[0]).toEqual({
    name: 'baseos',
    mirrorlist: 'https://mirrors.rockylinux.org/mirrorlist?arch=$basearch&repo=BaseOS-9.6',
  })
  expect(ownRepositories(alma)[1]).toEqual({
    name: 'appstream',
    mirrorlist: 'https://mirrors.almalinux.org/mirrorlist/10/appstream',
  })
  expect(ownRepositories(stream(7))).toEqual([
    { name: 'base', baseurl: 'https://vault.centos.org/7.9.2009/os/$basearch/' },
    { name: 'updates', baseurl: 'https://vault.centos.org/7.9.2009/updates/$basearch/' },
  ])
})

test('a mirror has the layout of the distribution’s own', () => {
  const baseurls = (release: Release) =>
    ownRepositories(release, 'http://mirror.test/x/').map(({ baseurl }) => baseurl)
  expect(baseurls(stream(10))).toEqual([
    'http://mirror.test/x/10-stream/BaseOS/$basearch/os/',
    'http://mirror.test/x/10-stream/AppStream/$basearch/os/',
  ])
  expect(baseurls(rocky)[0]).toBe('http://mirror.test/x/9.6/BaseOS/$basearch/os/')
  expect(baseurls(alma)[1]).toBe('http://mirror.test/x/10/AppStream/$basearch/os/')
  expect(baseurls(stream(7))[0]).toBe('http://mirror.test/x/7.9.2009/os/$basearch/')
})

test('the source of the kernel is in the repository of the base’s source packages', () => {
  expect(sourceRepository(stream(10))).toEqual({
    name: 'baseos-source',
    metalink:
      'https://mirrors.centos.org/metalink?repo=centos-baseos-source-10-stream&arch=source&protocol=https,http',
  })
  expect(sourceRepository(rocky).mirrorlist).toBe(
    'https://mirrors.rockylinux.org/mirrorlist?arch=source&repo=BaseOS-9.6-source',
  )
  expect(sourceRepository(alma).mirrorlist).toBe('https://mirrors.almalinux.org/mirrorlist/10/baseos-source')
  const baseurls = [stream(9), rocky, alma].map(
    (each) => sourceRepository(each, 'http://mirror.test/x/').baseurl,
  )
  expect(baseurls).toEqual([
    'http://mirror.test/x/9-stream/BaseOS/source/tree/',
    'http://mirror.test/x/9.6/BaseOS/source/tree/',
    'http://mirror.test/x/10/BaseOS/Source/',
  ])
})

describe('EPEL', () => {
  test.each([
    [7, undefined, 'https://archives.fedoraproject.org/pub/archive/epel/7/$basearch/'],
    [9, 'http://m/epel', 'http://m/epel/9/Everything/$basearch/'],
    [7, 'http://m/epel', 'http://m/epel/7/$basearch/'],
  ] as const)('of release %s, mirror %s', (major, mirror, baseurl) => {
    expect(epelRepository(major, mirror).baseurl).toBe(baseurl)
  })

  test('is trusted by the fingerprint of its key', () => {
    expect(epelRepository(10)).toMatchObject({
      metalink: 'https://mirrors.fedoraproject.org/metalink?repo=epel-10&arch=$basearch',
      fingerprint: '7D8D15CBFC4E62688591FB2633D98517E37ED158',
    })
  })
})
