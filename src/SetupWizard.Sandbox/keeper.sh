# Keeps one PostgreSQL server: $1 is the sandbox's directory, $2 the file for the server's output, the rest its command line.
# Words come on standard input: "start", or the name of a signal for the server. Answers: "started <pid>", "exited <code>".
# When standard input closes (the application said goodbye, or died in any way) the server ends and the directory goes.
dir=$1
log=$2
shift 2
exec 2>>"$log"
# A Ctrl+C in the terminal, or the end of a whole process group, reaches this shell too; the application decides what it means.
trap '' INT HUP TERM
while read -r word; do
  case $word in
    start)
      rm -f "$dir/server.started"
      (
        "$@" </dev/null >>"$log" 2>&1 &
        pid=$!
        echo "$pid" >"$dir/server.pid"
        : >"$dir/server.started"
        echo "started $pid"
        wait "$pid"
        code=$?
        rm -f "$dir/server.pid"
        echo "exited $code"
      ) &
      # The next word may be a signal: the process id has to be on record before it is read.
      until [ -e "$dir/server.started" ]; do sleep 0.02; done
      ;;
    *)
      if [ -e "$dir/server.pid" ] && read -r pid <"$dir/server.pid"; then kill -s "$word" "$pid"; fi
      ;;
  esac
done
# Nothing here is worth a tidy shutdown: QUIT ends every server process at once, KILL is for one that does not listen.
if [ -e "$dir/server.pid" ] && read -r pid <"$dir/server.pid"; then
  kill -s QUIT "$pid"
  tries=0
  while [ -e "$dir/server.pid" ] && [ "$tries" -lt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  if [ -e "$dir/server.pid" ]; then kill -s KILL "$pid"; fi
fi
wait
exec 2>/dev/null
rm -rf "$dir" || { sleep 1; rm -rf "$dir"; }
