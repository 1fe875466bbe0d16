# Reads the zips that a file names, one a line; prints number, digest and name of each file in them.
use strict; use warnings; no warnings 'all';
use Archive::Zip qw(:ERROR_CODES :CONSTANTS); use Digest::SHA qw(sha256_hex); use IO::Uncompress::Unzip;
Archive::Zip::setErrorHandler(sub {});
my ($how, $list) = @ARGV;
open(my $names, '<', $list) or die; my @paths = <$names>; chomp @paths;

sub told { my ($number, $name, $data) = @_; utf8::encode($name) if utf8::is_utf8($name); $name =~ s/\n/\\n/g;
    print $number, "\t", ($name =~ m{/$} ? '-' : sha256_hex($data)), "\t", $name, "\n"; }

sub read_one { my ($number) = @_;
    if ($how eq 'file') {
        my $zip = Archive::Zip->new();
        return if $zip->read($paths[$number]) != AZ_OK;
        for my $member ($zip->members()) {
            if ($member->isDirectory()) { print $number, "\t-\t", $member->fileName(), "\n"; next }
            if ($member->isSymbolicLink()) { print $number, "\ta link\t", $member->fileName(), "\n"; next }
            my ($data, $status) = eval { $member->contents() };
            told($number, $member->fileName(), $data) if defined $data && $status == AZ_OK;
        }
    } else {
        my $zip = IO::Uncompress::Unzip->new($paths[$number], Strict => 0) or return;
        while (1) {
            my ($data, $part, $status) = ('', '', 0);
            while (($status = $zip->read($part)) > 0) { $data .= $part }
            last if $status < 0;
            told($number, $zip->getHeaderInfo()->{Name}, $data);
            last unless $zip->nextStream() == 1;
        }
    }
}

# What was read before an error counts.
eval { read_one($_) } for 0 .. $#paths;
