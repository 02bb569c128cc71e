#!/bin/sh
# Turns art/*.svg into uploads/YYYY/MM/*.jpg (or .png where that is smaller): rsvg-convert and ImageMagick.
set -eu
cd "$(dirname "$0")/.."
node art/draw.mjs
node -e 'import("./site.mjs").then(({pictures})=>{for(const [k,p] of Object.entries(pictures))if(!p.mime)console.log(k,"uploads/"+p.date.slice(0,4)+"/"+p.date.slice(5,7),p.file,p.sizes?1:0)})' |
while read -r key dir file sizes; do
  mkdir -p "$dir"
  rsvg-convert -w 1200 -h 800 "art/$key.svg" -o /tmp/raster.$$.png
  case $file in
  *.png) convert /tmp/raster.$$.png -strip -define png:exclude-chunks=date,time +dither -colors 96 -define png:compression-level=9 "$dir/$file" ;;
  *)
    q=88
    while :; do
      convert /tmp/raster.$$.png -strip -sampling-factor 4:2:0 -interlace JPEG -quality $q "$dir/$file"
      [ "$(wc -c <"$dir/$file")" -le 70000 ] || { q=$((q - 3)); [ $q -gt 60 ] && continue; }
      break
    done ;;
  esac
  if [ "$sizes" = 1 ]; then
    b=${file%.*} e=${file##*.}
    set -- -quality 82; [ "$e" = jpg ] || set -- +dither -colors 96 -define png:compression-level=9
    convert /tmp/raster.$$.png -strip -resize 1024x683! "$@" "$dir/$b-1024x683.$e"
    convert /tmp/raster.$$.png -strip -resize 300x200! "$@" "$dir/$b-300x200.$e"
    convert /tmp/raster.$$.png -strip -resize 150x150^ -gravity center -extent 150x150 "$@" "$dir/$b-150x150.$e"
  fi
  rm -f /tmp/raster.$$.png
done
mkdir -p uploads/2024/06
node art/horn.mjs uploads/2024/06/foghorn-b-flat.wav
