#!/bin/sh
# The console of a switch in namespaces of its own: login.sh DIRECTORY [expired]. What would change a system only writes
# down what it was told; the shells, sed and the terminal are real.
dir=$1 kind=${2-}
mount --bind "$dir/etc" /etc
mkdir -p "$dir/bin"
for name in useradd chage ifreload; do
    printf '#!/bin/sh\necho "%s $*" >>"%s/told"\n' "$name" "$dir" >"$dir/bin/$name"
done
printf '#!/bin/sh\necho "chpasswd $*" >>"%s/told"\nexec cat >>"%s/told"\n' "$dir" "$dir" >"$dir/bin/chpasswd"
cat >"$dir/bin/sudo" <<END
#!/bin/sh
for try in 1 2 3; do
    printf '[sudo] password for cumulus: '
    stty -echo; read -r password; stty echo; echo
    [ "\$password" != "\$(cat $dir/password)" ] || exec env PS1='root@cumulus:mgmt:~# ' dash -i
    [ \$try = 3 ] || echo 'Sorry, try again.'
done
echo 'sudo: 3 incorrect password attempts'
exit 1
END
chmod 755 "$dir"/bin/*

# ask PROMPT: reads a password
ask() { printf '%s' "$1"; stty -echo; read -r answer; stty echo; echo; }
while :; do
    printf '\nDebian GNU/Linux 12 cumulus ttyS0\n\ncumulus login: '
    read -r user || exit
    [ -n "$user" ] || continue
    ask 'Password: '
    [ "$answer" = "$(cat "$dir/password")" ] || { echo; echo 'Login incorrect'; continue; }
    if [ "$kind" = expired ]; then
        echo 'You are required to change your password immediately (administrator enforced).'
        echo 'Changing password for cumulus.'
        ask 'Current password: '
        ask 'New password: '
        new=$answer
        ask 'Retype new password: '
        [ "$answer" = "$new" ] || { echo 'Sorry, passwords do not match.'; continue; }
        echo "$new" >"$dir/password"
        kind=''
    fi
    printf "Welcome to NVIDIA Cumulus (R) Linux (R)\n\nZTP in progress. To disable, do 'ztp -d'\n\n"
    PATH=$dir/bin:$PATH PS1='cumulus@cumulus:mgmt:~$ ' dash -i
done
