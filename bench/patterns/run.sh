#!/bin/sh
# Measures the automaton, then event-ruler (Maven, Java 17) over the same events and rules. usage: run.sh FOLDER (for the data, about 200 MB)
set -eu
folder=${1:?usage: run.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
bench=$here/../../build/release/bench/patterns_bench
mkdir -p "$folder"
"$bench" write "$folder"
echo "tocsin"
"$bench"
echo "event-ruler 2.1.0"
mvn -q -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/lib"
javac -cp "$folder/lib/*" -d "$folder" "$here/RulerBench.java"
java -Xmx4g -cp "$folder:$folder/lib/*" RulerBench "$folder"
