/** What apt and dpkg leave. */
export const CLEAN = `rm -f /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/apt/*.bin
rm -rf /var/lib/apt/lists
mkdir -p /var/lib/apt/lists/partial
`

/** Packages that dpkg has not finished with: dpkg-query(1), db:Status-Abbrev. */
export const PACKAGES = {
  unfinished: `dpkg-query -W -f='\${db:Status-Abbrev} \${binary:Package}\\n' | sed -n 's/^.\\([HUFWt].\\|.R\\) //p'`,
  finish: 'dpkg --configure -a && apt-get -y -f install',
}
