import { expect, test } from 'vitest'
import { manifestSums, namesOf, ovfDisks } from '../../../../core/build/disk/import/ovf.ts'

test('the disks of a descriptor, with the files that hold them', () => {
  expect(
    ovfDisks(`<?xml version="1.0" encoding="UTF-8"?>
<!-- <Disk ovf:diskId="commented" ovf:fileRef="file1"/> -->
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:href="router &amp; more.vmdk" ovf:id="file1" ovf:size="123"/>
    <File ovf:id='file2' ovf:href='parts.vmdk' ovf:chunkSize='1000'></File>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:capacity="8" ovf:diskId="vmdisk1"
          ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
    <ovf:Disk ovf:diskId="empty" ovf:capacity="10"/>
    <Disk ovf:diskId="cut" ovf:fileRef="file2"/>
  </DiskSection>
</Envelope>`),
  ).toEqual([
    { id: 'vmdisk1', file: 'router & more.vmdk', chunked: false },
    { id: 'empty', file: undefined, chunked: false },
    { id: 'cut', file: 'parts.vmdk', chunked: true },
  ])
  expect(ovfDisks('not XML')).toEqual([])
})

test('the sums of a manifest', () => {
  const [a, b] = ['a'.repeat(40), 'B'.repeat(64)]
  expect(manifestSums(`SHA1(a.ovf)= ${a}\r\nSHA256 (disk 1.vmdk) = ${b}\nMD5(x)= 00\nnonsense\n`)).toEqual([
    { algorithm: 'sha1', file: 'a.ovf', sum: a },
    { algorithm: 'sha256', file: 'disk 1.vmdk', sum: b.toLowerCase() },
  ])
})

test('a reference is a URI, and many tools write a name', () => {
  expect(namesOf('My%20VM-disk1.vmdk')).toEqual(['My%20VM-disk1.vmdk', 'My VM-disk1.vmdk'])
  expect(namesOf('100%.vmdk')).toEqual(['100%.vmdk'])
  expect(ovfDisks(`<File id="a" href="a&#x20;b&#32;c>.vmdk"/><Disk diskId="d" fileRef="a"/>`)).toEqual([
    { id: 'd', file: 'a b c>.vmdk', chunked: false },
  ])
})

const MIB = 1024 * 1024
const filled = (text: string) => text.repeat(Math.ceil(MIB / text.length))

// each once took time by the square of its length, for hours at this size: the limit of the test is what fails then
test.each([
  ['names without an end', filled('a')],
  ['an element whose name does not end', `<File ${filled('a')}`],
  ['elements that do not end', filled('<File ')],
  ['elements with half an attribute', filled('<File id=')],
  ['blanks before what is no attribute', `<File id${filled(' ')}x`],
  ['blanks after =', `<File id=${filled(' ')}x`],
  ['prefixes', `<File ${filled('a:')}`],
  ['quotes that are not closed', filled('<File id="')],
  ['comments that do not end', filled('<!--')],
  ['sections that do not end', filled('<![CDATA[')],
  ['instructions that do not end', filled('<?')],
  ['entities', `<File id="a" href="${filled('&#')}"/><Disk diskId="d" fileRef="a"/>`],
  ['files and disks that do not meet', filled('<File id="f"/>') + filled('<Disk diskId="d" fileRef="g"/>')],
])('1 MB of the worst is read in one pass: %s', { timeout: 20_000 }, (_, xml) => {
  expect(ovfDisks(xml).every(({ file }) => file === undefined || file.startsWith('&#'))).toBe(true)
})

test.each([
  ['names that do not end', `SHA1(${filled('a')}`],
  ['blanks', `SHA1${filled(' ')}`],
  ['digits that end in something else', `SHA1(a)= ${filled('0')}x`],
  ['digits and blanks', `SHA1(a)= ${filled('0')}${filled(' ')}x`],
  ['lines without an end of their own', filled('SHA1(a)= ')],
  ['empty lines', `SHA1(a)=${filled('\n')}`],
])('1 MB of the worst manifest is read in one pass: %s', { timeout: 20_000 }, (_, text) => {
  expect(manifestSums(text)).toEqual([])
})
