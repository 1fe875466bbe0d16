<?php
// Reads the zips that a file names, one a line, with libzip; prints number, digest and name of each file in them.
error_reporting(0);
foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $number => $path) {
    $zip = new ZipArchive();
    if ($zip->open($path) !== true) continue;
    for ($at = 0; $at < $zip->numFiles; $at++) {
        $name = $zip->getNameIndex($at);
        $data = substr($name, -1) === '/' ? '' : $zip->getFromIndex($at);
        if ($data === false) continue;
        $told = substr($name, -1) === '/' ? '-' : hash('sha256', $data);
        echo $number, "\t", $told, "\t", str_replace("\n", "\\n", $name), "\n";
    }
}
