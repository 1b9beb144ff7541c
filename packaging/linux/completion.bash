# Completion of wxpark for bash.
_wxpark() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-} words
    local common="--data-dir --lang --help"
    local merchant="--mch-id --appid --sub-mch-id --sub-appid --parking-name --free-time --notify-url --gateway-url --booth --plate-prefix"
    case $before in
        --car-type) words="small large" ;;
        --scene) words="parking space" ;;
        --lang) words="zh_CN en" ;;
        --fault)
            words="timeout reset close-after-read slow drip http500 http429 redirect captive-portal"
            words+=" early-hints empty gzip-page retcode unclear-fail badsign unsigned"
            words+=" md5sign replay other-merchant gzip-bomb huge xxe"
            ;;
        --data-dir)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
            ;;
        wxpark) words="notify query merchant journal gateway doctor --version --help" ;;
        merchant) words="set show forget $common" ;;
        journal) words="list verify flush $common" ;;
        *)
            case $command in
                notify)
                    words="--plate --car-type --scene --space-number --openid --sub-openid --start-time --training --json"
                    ;;
                query) words="--plate --training --json" ;;
                merchant) [ "${COMP_WORDS[2]}" = set ] && words="$merchant --key-stdin" ;;
                journal) words="--training --json" ;;
                gateway) words="--port --key-stdin --fault" ;;
                doctor) words="--json" ;;
            esac
            words="${words-} $common"
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _wxpark wxpark
