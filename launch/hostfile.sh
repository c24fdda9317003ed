# Reads a hostfile for launch/run: a host per line, "NAME slots=RANKS [max_slots=RANKS]" or "NAME:RANKS", and comments after #.
# What is not understood ends the script with the file and the line. Nothing of a hostfile is ever executed.
# launch/run sources this file; it has die MESSAGE and is_count TEXT.

# The names of this machine that need no look-up, and the addresses of its interfaces, between spaces.
own_names() {
  local node; node=$(uname -n)
  echo " localhost ::1 $node ${node%%.*} $({ hostname -I || ip -o address | awk '{ sub("/.*", "", $4); print $4 }'; } 2>/dev/null | xargs) "
}
is_own_name() { # NAME
  [[ $1 == 127.*.*.* || $own == *" $1 "* ]]
}
# Whether NAME is this machine, by the hosts file or a name server too.
is_this_machine() { # NAME
  local address
  is_own_name "$1" && return 0
  for address in $(getent ahosts "$1" | cut -d' ' -f1); do
    is_own_name "$address" && return 0
  done
  return 1
}

# Sets first_host, slots (ranks in all), most (ranks of the host that takes most), full_names (yes, where a name has dots),
# host_lines (the hosts as mpirun reads them), unlike (why mpirun cannot read FILE itself; empty if it can).
read_hostfile() { # FILE
  local LC_ALL=C file=$1 number=0 at line text name rest key value here limit
  local -A line_of=()
  first_host='' slots=0 most=0 full_names='' host_lines=() unlike='' own=$(own_names)
  [ -f "$file" ] || die "there is no hostfile '$file'"
  [ -r "$file" ] || die "the hostfile '$file' cannot be read: you have no permission"
  [ "$(tr -d '\0' <"$file" | wc -c)" = "$(wc -c <"$file")" ] ||
    die "the hostfile '$file' holds zero bytes: it is no plain text, or it is UTF-16; save it as UTF-8"
  if tail -n 1 "$file" | grep -q '#' && [ -n "$(tail -c 1 "$file")" ]; then unlike='ends within a comment'; fi
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1)) at="$file, line $number"
    case $number$line in 1$'\xef\xbb\xbf'*) line=${line:3} unlike='begins with a byte order mark' ;; esac
    case $line in *$'\r') line=${line%$'\r'} unlike='has the line ends of Windows' ;; esac
    line=${line%%#*}
    case $line in *$'\xc2\xa0'*) die "$at holds a no-break space, as web pages do; write a plain one" ;; esac
    [[ $line =~ ^[[:space:]]*([^[:space:]]+)(.*)$ ]] || continue
    name=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]} here='' limit=''

    if [[ $name =~ ^([^:=]+|\[.*\]):([0-9]+)$ ]]; then # NAME:RANKS
      name=${BASH_REMATCH[1]} here=${BASH_REMATCH[2]} unlike='has slots after a colon'
      is_count "$here" || die "$at: $name:$here: a host takes 1 to 999999 ranks"
    fi
    while [[ $rest =~ ^[[:space:]]+(slots|max[_-]slots)[[:space:]]*=[[:space:]]*([^[:space:]]*)(.*)$ ]]; do
      key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]} rest=${BASH_REMATCH[3]}
      is_count "$value" || die "$at: $key=$(printf %q "$value"): a host takes 1 to 999999 ranks"
      if [ "$key" != slots ]; then limit=$value
      elif [ -z "$here" ]; then here=$value
      else die "$at gives the slots of $name twice"; fi
    done
    text=${rest#"${rest%%[![:space:]]*}"}
    [ -z "$text" ] || die "$at: what is '$(printf %q "$text")'? A line is NAME slots=RANKS, and max_slots=RANKS may follow"

    if [[ $name =~ ^\[?([0-9a-fA-F]*:[0-9a-fA-F:.]*)\]?$ ]]; then # IPv6, in its shortest form
      name=$(getent ahosts "${BASH_REMATCH[1]}" | sed -n '1s/ .*//p')
      is_own_name "$name" || die "$at: Open MPI reaches no other host by an IPv6 address; write its name"
      name=localhost unlike='has an IPv6 address'
    fi
    [[ $name =~ ^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*$ ]] ||
      die "$at: '$(printf %q "$name")' is no name of a host; it has letters, digits, dots and hyphens alone"
    [ -n "$here" ] || die "$at: how many ranks does the host take? Write for instance: $name slots=2"
    [ -z "$limit" ] || [ "$limit" -ge "$here" ] || die "$at: max_slots=$limit is less than slots=$here"
    key=${name#*@} key=${key,,}
    if is_own_name "$key"; then key='this machine'; fi
    [ -z "${line_of[$key]:-}" ] ||
      die "$at: $name is ${line_of[$key]} once more; write a host once, with all its slots"
    line_of[$key]="the host of line $number"
    [[ ${name#*@} =~ ^[0-9.]+$ || $name != *.* ]] || full_names=yes

    first_host=${first_host:-$name}
    slots=$((slots + here)) most=$((here > most ? here : most))
    host_lines+=("$name slots=$here${limit:+ max_slots=$limit}")
  done <"$file"
  [ $slots -gt 0 ] || die "the hostfile '$file' names no host"
}
